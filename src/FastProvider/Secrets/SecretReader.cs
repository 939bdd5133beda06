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
    /// <summary>As for a list, see <see cref="SecretListReader"/>: managedFields are as deep as a client makes them.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 * 1024 };

    [FromJson("kind")]
    private readonly SecretBuffer _kind = new();

    [FromJson("metadata", "name")]
    private readonly SecretBuffer _name = new();

    [FromJson("metadata", "namespace")]
    private readonly SecretBuffer _namespace = new();

    private readonly SecretBuffer _config = new();
    private readonly SecretBuffer _legacyConfig = new();

    [FromJson("type")]
    private SecretType _type;

    /// <summary>Reads a Secret.</summary>
    /// <param name="json">The answer's body.</param>
    /// <param name="wantedNamespace">The namespace that was asked for.</param>
    /// <param name="wanted">The name that was asked for, and its rank.</param>
    /// <returns>False if this is something else.</returns>
    public bool Read(ReadOnlySpan<byte> json, ReadOnlySpan<byte> wantedNamespace, in CredentialSource wanted)
    {
        _config.Clear();
        _legacyConfig.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return false;
            }

            ReadJson(ref reader);
            // Nothing may follow the object.
            reader.Read();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }

        var isWanted = _kind.WrittenSpan.SequenceEqual("Secret"u8) && _name.WrittenSpan.SequenceEqual(wanted.Name.Span)
            && _namespace.WrittenSpan.SequenceEqual(wantedNamespace);
        if (isWanted)
        {
            Offer(wanted);
        }

        return isWanted;
    }

    public void Dispose()
    {
        _kind.Dispose();
        _name.Dispose();
        _namespace.Dispose();
        _config.Dispose();
        _legacyConfig.Dispose();
    }

    [FromJson("data", ".dockerconfigjson")]
    [FromJson("data", ".podmanconfigjson")]
    private void TakeConfig(ref Utf8JsonReader reader) => JsonText.Replace(_config, ref reader);

    [FromJson("data", ".dockercfg")]
    private void TakeLegacyConfig(ref Utf8JsonReader reader) => JsonText.Replace(_legacyConfig, ref reader);

    private void Offer(in CredentialSource source)
    {
        if (_type is SecretType.Other)
        {
            warnings.AddSecret(source, "its type", "is none that holds registry credentials (kubernetes.io/dockerconfigjson, kubernetes.io/dockercfg)");
            return;
        }

        var isLegacy = _type is SecretType.LegacyConfig;
        var document = (isLegacy ? _legacyConfig : _config).DecodeBase64InPlace(out var isBase64);
        var fault = !isBase64 ? "is not base64" : document.IsEmpty ? SecretTypes.WhyMissing(isLegacy, isOtherThere: (isLegacy ? _config : _legacyConfig).Length > 0)
            : documents.Read(document, isLegacy, source);
        if (fault is not null)
        {
            warnings.AddSecret(source, isLegacy ? ".dockercfg" : ".dockerconfigjson", fault);
        }
    }
}
