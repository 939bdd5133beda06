using System;
using System.Text.Json;
using FastProvider.Json;

namespace FastProvider.Secrets;

/// <summary>
/// What is read of one Secret, whether it comes alone or in a list, and what it offers to the endpoints.
/// Shape: k8s.io/api/core/v1 Secret.
/// </summary>
internal sealed class SecretObject(AuthDocument documents) : IDisposable
{
    /// <summary>
    /// What is passed over may be as deep as a tenant can make it: managedFields hold what a client sent, and Go's decoder, with
    /// it the API server, takes 10,000 levels. A level costs a bit.
    /// </summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = 64 * 1024 };

    private readonly EncodedDocument _config = new();
    private readonly EncodedDocument _legacyConfig = new();

    /// <summary>Makes ready for another Secret.</summary>
    public void Start()
    {
        _config.Clear();
        _legacyConfig.Clear();
    }

    /// <summary>
    /// Takes the value at <c>.dockerconfigjson</c> or <c>.podmanconfigjson</c>. What is no string, or an empty one, counts as
    /// absent.
    /// </summary>
    public void TakeConfig(ref Utf8JsonReader reader) => _config.Take(ref reader);

    /// <inheritdoc cref="TakeConfig(ref Utf8JsonReader)"/>
    public void TakeConfig(ref JsonPieceReader reader) => _config.Take(ref reader);

    /// <summary>Takes the value at <c>.dockercfg</c> in the same way.</summary>
    public void TakeLegacyConfig(ref Utf8JsonReader reader) => _legacyConfig.Take(ref reader);

    /// <inheritdoc cref="TakeLegacyConfig(ref Utf8JsonReader)"/>
    public void TakeLegacyConfig(ref JsonPieceReader reader) => _legacyConfig.Take(ref reader);

    /// <summary>Offers the document that belongs to the type, or notes why it cannot be used.</summary>
    /// <param name="type">One that has a document.</param>
    /// <param name="source">The Secret.</param>
    /// <param name="notices">Where to.</param>
    public void Offer(SecretType type, in CredentialSource source, SecretNotices notices)
    {
        var isLegacy = type is SecretType.LegacyConfig;
        var (own, other) = isLegacy ? (_legacyConfig, _config) : (_config, _legacyConfig);
        var fault = !own.IsThere ? SecretTypes.WhyMissing(isLegacy, isOtherThere: other.IsThere)
            : own.IsBase64 ? documents.Read(own.Decoded, isLegacy, source)
            : "is not base64";
        if (fault is not null)
        {
            notices.AddSecret(source, isLegacy ? ".dockercfg" : ".dockerconfigjson", fault);
        }
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public void Release()
    {
        _config.Release();
        _legacyConfig.Release();
    }

    public void Dispose() => Release();
}
