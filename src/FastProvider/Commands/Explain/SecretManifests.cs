using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Documents;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Commands.Explain;

/// <summary>
/// Offers the Secrets of a directory of manifests to the endpoints of a pull: as the API server would answer them, to the readers
/// that a pull reads its answers with.
/// </summary>
internal sealed class SecretManifests(string directory) : ISecretSource
{
    private const int ShownFiles = 10;

    private readonly List<DocumentNode> _secrets = [];
    private ManifestDirectory _manifests = null!;
    private SecretsWanted _wanted;

    /// <summary>What was read, for people; null before.</summary>
    public string? From { get; private set; }

    private string Namespace => Encoding.UTF8.GetString(_wanted.Claims.Namespace.Span);

    private SecretNotices Warnings => _wanted.Notices;

    public SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times)
    {
        _wanted = wanted;
        var manifests = ManifestDirectory.Read(directory);
        var read = manifests.IsOk
            ? Offer(manifests.Value)
            : new SecretsRead { Mode = SecretsMode.Auto, Failure = manifests.Failure };
        times.End(PullPhase.Secrets);
        return read;
    }

    private SecretsRead Offer(ManifestDirectory manifests)
    {
        _manifests = manifests;
        NamePassedOver();
        FindSecrets();
        var mode = Names(out var names, out var who);
        From = $"of {_manifests.FileCount} files in {directory}, "
            + (names is null ? $"all registry Secrets of namespace {Namespace}" : $"those that {who} names");
        var count = 0;
        var failure = names is null ? OfferList(out count)
            : names.AreTooMany ? SecretNames.TooMany(who, "")
            : OfferNamed(names, who, out count);
        names ??= new SecretNames();
        var shared = OfferShared(names.WithShared(_wanted.SharedFor(mode)), ref count);
        return new SecretsRead { Mode = mode, Failure = failure, Count = count, Shared = shared };
    }

    private void NamePassedOver()
    {
        foreach (var unread in _manifests.Unread)
        {
            Warnings.Add(unread);
        }

        if (_manifests.Foreign is { Count: > 0 and var count } foreign)
        {
            var shown = new List<string>();
            for (var i = 0; i < Math.Min(count, ShownFiles); i++)
            {
                shown.Add(Argument.Printable(foreign[i]));
            }

            Warnings.Add(
                $"passed over, as they hold no manifest: {string.Join(", ", shown)}"
                    + $"{(count > ShownFiles ? $" and {count - ShownFiles} more" : "")}");
        }
    }

    private void FindSecrets()
    {
        var places = new Dictionary<string, int>();
        foreach (var manifest in _manifests.Objects)
        {
            if (!manifest.Is("Secret", Namespace))
            {
                continue;
            }

            if (manifest.Name is not { Length: > 0 } name)
            {
                Warnings.Add("a Secret of the manifests has no metadata.name, so it is passed over");
            }
            else if (places.TryAdd(name, _secrets.Count))
            {
                _secrets.Add(manifest.Content);
            }
            else
            {
                Warnings.Add($"Secret {name} stands twice in the manifests: the last counts, as kubectl applies it last");
                _secrets[places[name]] = manifest.Content;
            }
        }

        NameSources();
        _secrets.RemoveAll(IsRefused);
    }

    /// <summary>
    /// A SealedSecret, an ExternalSecret and their like hold no credential: a controller makes the Secret in the cluster.
    /// </summary>
    private void NameSources()
    {
        var sources = new List<string>();
        foreach (var manifest in _manifests.Objects)
        {
            if (manifest.Kind.EndsWith("Secret", StringComparison.Ordinal)
                && manifest.Kind != "Secret" && manifest.IsIn(Namespace))
            {
                sources.Add(Argument.Printable($"{manifest.Kind} {manifest.Name}"));
            }
        }

        if (sources.Count > 0)
        {
            var shown = sources.Count <= ShownFiles ? sources : sources[..ShownFiles];
            Warnings.Add($"not read, as their Secrets are made in the cluster: {string.Join(", ", shown)}"
                + (sources.Count > ShownFiles ? $" and {sources.Count - ShownFiles} more" : ""));
        }
    }

    private bool IsRefused(DocumentNode secret)
    {
        if (SecretFault.Of(secret) is not { } fault)
        {
            return false;
        }

        Warnings.Add($"Secret {NameOf(secret)}: {fault}: the API server refuses it");
        return true;
    }

    /// <summary>What the ServiceAccount names, in a mode where it does; null where all Secrets are read.</summary>
    private SecretsMode Names(out SecretNames? names, out string who)
    {
        var account = Encoding.UTF8.GetString(_wanted.Claims.ServiceAccount.Span);
        names = null;
        who = "";
        DocumentNode? manifest = null;
        foreach (var candidate in _manifests.Objects)
        {
            if (candidate.Is("ServiceAccount", Namespace) && candidate.Name == account)
            {
                manifest = candidate.Content;
            }
        }

        var options = _wanted.Options;
        var given = _wanted.Request;
        var annotation = given.HasAnnotation ? Encoding.UTF8.GetString(given.Annotation.Span)
            : manifest?.Find("metadata"u8)?.Find("annotations"u8)?.TextOf(Encoding.UTF8.GetBytes(options.SecretsAnnotation));
        var mode = options.Secrets.For(hasAnnotation: annotation is not null);
        if (mode is SecretsMode.Namespace)
        {
            return mode;
        }

        names = mode is SecretsMode.Annotation ? new SecretNames(_wanted.Claims.Namespace) : new SecretNames();
        if (mode is SecretsMode.Annotation)
        {
            who = $"annotation {options.SecretsAnnotation} of ServiceAccount {Namespace}/{account}";
            names.AddList(Encoding.UTF8.GetBytes(annotation ?? ""));
        }
        else
        {
            // Admission copies them to a pod that names none itself.
            who = $"imagePullSecrets of ServiceAccount {Namespace}/{account}";
            foreach (var reference in manifest?.ItemsOf("imagePullSecrets"u8) ?? [])
            {
                names.Add(Encoding.UTF8.GetBytes(reference.TextOf("name"u8) ?? ""));
            }
        }

        if (manifest is null && !given.HasAnnotation)
        {
            Warnings.Add($"no manifest of ServiceAccount {Namespace}/{account} is there, so it names no Secret");
        }

        return mode;
    }

    private Failure? OfferList(out int count)
    {
        using var list = new SecretBuffer();
        using (var json = new Utf8JsonWriter(list))
        {
            json.WriteStartObject();
            json.WriteString("kind", "SecretList");
            json.WriteStartArray("items");
            foreach (var secret in _secrets)
            {
                if (IsListed(secret))
                {
                    Write(json, secret, Namespace);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var documents = new AuthDocument(_wanted.Endpoints.All, Warnings);
        using var reader = new SecretListReader(documents, Warnings);
        reader.Reset(Warnings, Encoding.UTF8.GetBytes(Namespace));
        reader.Start();
        var isRead = reader.Read(list.WrittenSpan, isLast: true);
        count = reader.Count;
        return isRead ? null : new Failure("a Secret of the manifests holds text that is not UTF-8");
    }

    private Failure? OfferNamed(SecretNames names, string who, out int count)
    {
        count = 0;
        names.Warn(Warnings, who);
        using var documents = new AuthDocument(_wanted.Endpoints.All, Warnings);
        using var reader = new SecretReader(documents, Warnings);
        using var secret = new SecretBuffer();
        for (var i = 0; i < names.NamedCount; i++)
        {
            if (names.All[i] is not { IsShared: false, Name: var name })
            {
                continue;
            }

            if (Find(name) is not { } manifest)
            {
                Warnings.Add($"Secret {name} does not exist in namespace {Namespace}", EventReason.SecretMissing);
                continue;
            }

            Offer(manifest, Namespace, names.All[i], -i, reader, secret);
            count++;
        }

        return null;
    }

    /// <summary>
    /// Shared Secrets count as if the pod may read them: who may is for RBAC, which is read in the cluster alone.
    /// </summary>
    private SharedAnswer[] OfferShared(SecretNames names, ref int count)
    {
        List<SharedAnswer> answers = [];
        var isAnyRead = false;
        using var documents = new AuthDocument(_wanted.Endpoints.All, Warnings);
        using var reader = new SecretReader(documents, Warnings);
        using var secret = new SecretBuffer();
        for (var i = 0; i < names.All.Count; i++)
        {
            if (names.All[i] is not { IsShared: true } shared)
            {
                continue;
            }

            var manifest = FindShared(shared);
            answers.Add(new SharedAnswer(shared, manifest is null ? 404 : 200));
            if (manifest is null)
            {
                continue;
            }

            isAnyRead = true;
            if (SecretFault.Of(manifest) is { } fault)
            {
                Warnings.Add($"Secret {shared}: {fault}: the API server refuses it");
                continue;
            }

            Offer(manifest, shared.Namespace, shared, -i, reader, secret);
            count++;
        }

        if (isAnyRead)
        {
            From += ", and shared Secrets as if RBAC let the pod read them";
        }

        return [.. answers];
    }

    /// <summary>Offers one Secret as the API server would answer it.</summary>
    private static void Offer(
        DocumentNode manifest, string of, in SecretReference wanted, long precedence, SecretReader reader, SecretBuffer scratch)
    {
        scratch.Clear();
        using (var json = new Utf8JsonWriter(scratch))
        {
            Write(json, manifest, of);
        }

        _ = reader.Read(
            scratch.WrittenSpan, Encoding.UTF8.GetBytes(of), Encoding.UTF8.GetBytes(wanted.Name),
            new CredentialSource(Encoding.UTF8.GetBytes(wanted.ToString()), precedence) { IsShared = wanted.IsShared });
    }

    /// <summary>The last of its name and namespace, which it has to say.</summary>
    private DocumentNode? FindShared(in SecretReference shared)
    {
        DocumentNode? found = null;
        foreach (var manifest in _manifests.Objects)
        {
            if (manifest.Is("Secret", shared.Namespace) && manifest.Name == shared.Name
                && manifest.Content.Find("metadata"u8)?.TextOf("namespace"u8) is not null)
            {
                found = manifest.Content;
            }
        }

        return found;
    }

    /// <summary>Whether a LIST by type answers the Secret.</summary>
    private bool IsListed(DocumentNode secret)
    {
        var type = secret.TextOf("type"u8) ?? "Opaque";
        var isListed = type is "kubernetes.io/dockerconfigjson" or "kubernetes.io/dockercfg"
            || (type is "kubernetes.io/podmanconfigjson" && _wanted.Options.PodmanSecrets);
        if (!isListed && HasDocument(secret))
        {
            Warnings.Add(
                $"Secret {NameOf(secret)}: its type is {Argument.Printable(type)},"
                    + " so no pull reads it; kubernetes.io/dockerconfigjson is wanted");
        }

        return isListed;
    }

    private static bool HasDocument(DocumentNode secret)
    {
        foreach (var section in (ReadOnlySpan<DocumentNode?>)[secret.Find("data"u8), secret.Find("stringData"u8)])
        {
            if (section?.Find(".dockerconfigjson"u8) is not null
                || section?.Find(".dockercfg"u8) is not null
                || section?.Find(".podmanconfigjson"u8) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As the API server keeps it: what stringData says replaces what data says (k8s.io/api/core/v1, Secret).</summary>
    private static void Write(Utf8JsonWriter json, DocumentNode secret, string of)
    {
        json.WriteStartObject();
        json.WriteString("kind", "Secret");
        json.WriteStartObject("metadata");
        json.WriteString("name", NameOf(secret));
        json.WriteString("namespace", of);
        if (secret.Find("metadata"u8)?.TextOf("creationTimestamp"u8) is { } created)
        {
            json.WriteString("creationTimestamp", created);
        }

        json.WriteEndObject();
        json.WriteString("type", secret.TextOf("type"u8) ?? "Opaque");
        json.WriteStartObject("data");
        foreach (var key in (ReadOnlySpan<string>)[".dockerconfigjson", ".dockercfg", ".podmanconfigjson"])
        {
            var utf8Key = Encoding.UTF8.GetBytes(key);
            if (secret.Find("stringData"u8)?.Find(utf8Key) is { } text)
            {
                json.WriteBase64String(key, text.Text.Span);
            }
            else if (secret.Find("data"u8)?.Find(utf8Key) is { } encoded)
            {
                WriteEncoded(json, key, encoded.Text.Span);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Go's decoder passes over line breaks in base64 (encoding/base64), as a block of lines has them.</summary>
    private static void WriteEncoded(Utf8JsonWriter json, string key, ReadOnlySpan<byte> encoded)
    {
        using var oneLine = new SecretBuffer();
        foreach (var range in encoded.SplitAny("\r\n"u8))
        {
            oneLine.Write(encoded[range]);
        }

        json.WriteString(key, oneLine.WrittenSpan);
    }

    private DocumentNode? Find(string name)
    {
        foreach (var secret in _secrets)
        {
            if (NameOf(secret) == name)
            {
                return secret;
            }
        }

        return null;
    }

    private static string? NameOf(DocumentNode manifest) => manifest.Find("metadata"u8)?.TextOf("name"u8);
}
