using System;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads one Secret as a GET answers it and offers its auth document to the endpoints.
/// Shape: k8s.io/api/core/v1 Secret.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class SecretReader(AuthDocument documents, SecretNotices warnings) : IDisposable
{
    [FromJson("kind")]
    private readonly SecretBuffer _kind = new();

    [FromJson("metadata", "name")]
    private readonly SecretBuffer _name = new();

    [FromJson("metadata", "namespace")]
    private readonly SecretBuffer _namespace = new();

    private readonly SecretObject _secret = new(documents);

    [FromJson("type")]
    private SecretType _type;

    /// <summary>Reads a Secret.</summary>
    /// <param name="json">The answer's body.</param>
    /// <param name="wantedNamespace">The namespace that was asked for.</param>
    /// <param name="wantedName">The name that was asked for.</param>
    /// <param name="source">What to call it, and its rank.</param>
    /// <returns>False if this is something else.</returns>
    public bool Read(
        ReadOnlySpan<byte> json, ReadOnlySpan<byte> wantedNamespace, ReadOnlySpan<byte> wantedName, in CredentialSource source)
    {
        _secret.Start();
        if (!ReadDocument(json, SecretObject.Options).IsNone)
        {
            return false;
        }

        var isWanted = _kind.WrittenSpan.SequenceEqual("Secret"u8) && _name.WrittenSpan.SequenceEqual(wantedName)
            && _namespace.WrittenSpan.SequenceEqual(wantedNamespace);
        if (isWanted)
        {
            Offer(source);
        }

        return isWanted;
    }

    public void Dispose()
    {
        _kind.Dispose();
        _name.Dispose();
        _namespace.Dispose();
        _secret.Dispose();
    }

    [FromJson("data", ".dockerconfigjson")]
    [FromJson("data", ".podmanconfigjson")]
    private void TakeConfig(ref Utf8JsonReader reader)
    {
        _ = JsonText.RequireString(ref reader);
        _secret.TakeConfig(ref reader);
    }

    [FromJson("data", ".dockercfg")]
    private void TakeLegacyConfig(ref Utf8JsonReader reader)
    {
        _ = JsonText.RequireString(ref reader);
        _secret.TakeLegacyConfig(ref reader);
    }

    private void Offer(in CredentialSource source)
    {
        if (_type is SecretType.Other)
        {
            warnings.AddSecret(
                source, "its type",
                "is none that holds registry credentials (kubernetes.io/dockerconfigjson, kubernetes.io/dockercfg)");
            return;
        }

        _secret.Offer(_type, source, warnings);
    }
}
