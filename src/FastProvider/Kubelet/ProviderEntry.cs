using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Documents;
using FastProvider.Secrets;

namespace FastProvider.Kubelet;

/// <summary>
/// One provider of a CredentialProviderConfig (kubelet.config.k8s.io/v1): what the kubelet runs, for which images, with what.
/// </summary>
internal sealed class ProviderEntry
{
    private readonly DocumentNode _entry;
    private readonly DocumentNode? _tokenAttributes;

    /// <param name="file">The path of its file.</param>
    /// <param name="configVersion">The apiVersion of the file.</param>
    /// <param name="entry">The entry.</param>
    public ProviderEntry(string file, string configVersion, DocumentNode entry)
    {
        File = file;
        ConfigVersion = configVersion;
        _entry = entry;
        _tokenAttributes = entry.Find("tokenAttributes"u8);
        foreach (var assignment in entry.ItemsOf("env"u8))
        {
            Environment[assignment.TextOf("name"u8) ?? ""] = assignment.TextOf("value"u8) ?? "";
        }
    }

    public string File { get; }

    public string ConfigVersion { get; }

    /// <summary>The file and the line, for people.</summary>
    public string Place => _entry.Line > 0 ? $"{File} line {_entry.Line}" : File;

    /// <summary>The name of the program in the kubelet's directory.</summary>
    public string Name => _entry.TextOf("name"u8) ?? "";

    /// <summary>It has our name, or that of the provider whose place we take.</summary>
    public bool IsNamedAsOurs => Name is "fast-provider" or "crio-credential-provider";

    /// <summary>Of the requests that it gets.</summary>
    public string ApiVersion => _entry.TextOf("apiVersion"u8) ?? "";

    public string[] MatchImages => Texts(_entry, "matchImages"u8);

    /// <summary>Whether the kubelet asks this provider for an image.</summary>
    /// <param name="repository">Of the image.</param>
    public bool Covers(string repository)
    {
        var image = new ImagePattern(repository);
        return Array.Exists(MatchImages, pattern => new ImagePattern(pattern).Covers(image));
    }

    public string[] Arguments => Texts(_entry, "args"u8);

    /// <summary>Added to the kubelet's own.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The same, each as NAME=VALUE.</summary>
    public string[] Assignments
    {
        get
        {
            List<string> assignments = [];
            foreach (var (name, value) in Environment)
            {
                assignments.Add($"{name}={value}");
            }

            return [.. assignments];
        }
    }

    public string? DefaultCacheDuration => _entry.TextOf("defaultCacheDuration"u8);

    /// <summary>Without them the kubelet sends no token.</summary>
    public bool HasTokenAttributes => _tokenAttributes is not null;

    public string Audience => _tokenAttributes?.TextOf("serviceAccountTokenAudience"u8) ?? "";

    public string CacheType => _tokenAttributes?.TextOf("cacheType"u8) ?? "";

    /// <summary>Pods without ServiceAccount, static ones, are pulled for without asking; null if it is not said.</summary>
    public bool? RequiresServiceAccount => _tokenAttributes?.Find("requireServiceAccount"u8)?.AsTruth;

    /// <summary>The annotations of the ServiceAccount without which a pull is not asked for.</summary>
    public string[] RequiredAnnotationKeys =>
        _tokenAttributes is null ? [] : Texts(_tokenAttributes, "requiredServiceAccountAnnotationKeys"u8);

    /// <summary>Those that are passed along if they are there.</summary>
    public string[] OptionalAnnotationKeys =>
        _tokenAttributes is null ? [] : Texts(_tokenAttributes, "optionalServiceAccountAnnotationKeys"u8);

    /// <summary>The args for people: a URL in them may hold a password.</summary>
    public string ArgumentsText => string.Join(' ', Array.ConvertAll(Arguments, WithoutPassword));

    /// <summary>What is no path may be a URL without its scheme.</summary>
    private static string WithoutPassword(string argument)
    {
        var value = argument.StartsWith('-') ? argument.IndexOf('=') + 1 : 0;
        return argument[value..].StartsWith('/') || !argument.AsSpan(value).ContainsAny("@?#")
            ? argument
            : argument[..value] + ShownKey.Of(Encoding.UTF8.GetBytes(argument[value..]));
    }

    private static string[] Texts(DocumentNode node, ReadOnlySpan<byte> key) =>
        node.ItemsOf(key).ConvertAll(static item => item.AsText ?? "").ToArray();
}
