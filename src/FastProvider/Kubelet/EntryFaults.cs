using System;
using System.Collections.Generic;
using FastProvider.Names;

namespace FastProvider.Kubelet;

/// <summary>
/// What in a CredentialProviderConfig keeps a kubelet from starting (kubernetes, pkg/credentialprovider/plugin/config.go,
/// validateCredentialProviderConfig): it looks at all entries, whomever they are of.
/// </summary>
internal static class EntryFaults
{
    private const string CurrentRequests = "credentialprovider.kubelet.k8s.io/v1", CurrentConfig = "kubelet.config.k8s.io/v1";

    /// <summary>What it does not decode, then what it does not accept, each with its place.</summary>
    public static List<string> Of(ProviderConfig config)
    {
        List<string> faults = [.. config.Faults];
        List<string> names = [];
        foreach (var entry in config.Entries)
        {
            if (names.Contains(entry.Name))
            {
                faults.Add($"{entry.Place}: {entry.Name} is there twice");
            }

            names.Add(entry.Name);
            if (Of(entry) is { } fault)
            {
                faults.Add($"{entry.Place}: {fault}");
            }
        }

        if (config.Entries.Count == 0)
        {
            faults.Add("there are no providers");
        }

        return faults;
    }

    private static string? Of(ProviderEntry entry) =>
        entry.Name.Length == 0 || entry.Name is "." or ".." || entry.Name.AsSpan().ContainsAny('/', ' ')
        ? "its name is no name of a file"
        : entry.MatchImages.Length == 0 ? "matchImages is empty"
        : Array.Find(entry.MatchImages, static image => !IsAddress(image)) is { } image
            ? $"matchImages: {image} is no host with a path"
        : entry.DefaultCacheDuration is null ? "defaultCacheDuration is missing"
        : entry.DefaultCacheDuration.StartsWith('-') ? "defaultCacheDuration is less than zero"
        : !GoDuration.IsValid(entry.DefaultCacheDuration) ? $"defaultCacheDuration: {entry.DefaultCacheDuration} is no duration"
        : entry.ApiVersion.Length == 0 ? "apiVersion is missing"
        : entry.ApiVersion is not (CurrentRequests or CurrentRequests + "beta1" or CurrentRequests + "alpha1")
            ? $"apiVersion {entry.ApiVersion} is none of credentialprovider.kubelet.k8s.io"
        : entry.HasTokenAttributes ? OfTokens(entry)
        : null;

    private static string? OfTokens(ProviderEntry entry) =>
        entry.ApiVersion != CurrentRequests || entry.ConfigVersion != CurrentConfig
            ? $"tokenAttributes are for {CurrentRequests} in a file of {CurrentConfig}"
        : entry.Audience.Length == 0 ? "tokenAttributes: serviceAccountTokenAudience is missing"
        : entry.CacheType is not ("Token" or "ServiceAccount") ? "tokenAttributes: cacheType is neither Token nor ServiceAccount"
        : entry.RequiresServiceAccount is null ? "tokenAttributes: requireServiceAccount is missing"
        : entry.RequiresServiceAccount is false && entry.RequiredAnnotationKeys.Length > 0
            ? "tokenAttributes: requiredServiceAccountAnnotationKeys without requireServiceAccount"
        : OfKeys([.. entry.RequiredAnnotationKeys, .. entry.OptionalAnnotationKeys]);

    private static string? OfKeys(string[] keys)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (!AnnotationKey.IsValid(keys[i]))
            {
                return $"tokenAttributes: {keys[i]} is no key of an annotation";
            }

            if (Array.IndexOf(keys, keys[i]) < i)
            {
                return $"tokenAttributes: annotation {keys[i]} is there twice";
            }
        }

        return null;
    }

    /// <summary>
    /// What Go's url.Parse takes behind <c>https://</c>, as far as people get it wrong: a port of digits, no blanks in the host.
    /// </summary>
    private static bool IsAddress(string image)
    {
        var authority = image.Split('/', 2)[0];
        var colon = authority.LastIndexOf(':');
        return !authority.Contains(' ')
            && (colon < 0 || authority.Contains('[') || !authority.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9'));
    }
}
