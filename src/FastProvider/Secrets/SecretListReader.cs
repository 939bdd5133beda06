using System;
using System.Buffers;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads a SecretList while it arrives, in pieces of any size, and offers each Secret's auth document to the endpoints as
/// soon as its object ends. Nothing else of the list is kept.
/// Shape: k8s.io/api/core/v1 SecretList; the order of an object's fields does not matter, and the API server's encoder
/// repeats none.
/// </summary>
[JsonReader(Resumable = true, NamesAreUnique = true)]
internal sealed partial class SecretListReader(AuthDocument documents, Warnings warnings) : IDisposable
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    [FromJson("items", "[]", "metadata", "name")]
    private readonly SecretBuffer _name = new();

    private readonly SecretBuffer _config = new();
    private readonly SecretBuffer _legacyConfig = new();
    private JsonReaderState _state;
    private bool _isSecretList;
    private long _createdAtUnixSeconds;
    private bool _hasConfig;
    private bool _hasLegacyConfig;

    [FromJson("items", "[]", "type")]
    private SecretType _type;

    /// <summary>How many Secrets were read since <see cref="Start"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the list was read to its end.</summary>
    public bool IsWhole => IsAtEnd && _isSecretList;

    /// <summary>Turns to another pull.</summary>
    public void Serve(Warnings others) => warnings = others;

    /// <summary>Makes ready for the next list.</summary>
    public void Start()
    {
        _state = new JsonReaderState(Options);
        StartJson();
        _isSecretList = false;
        Count = 0;
        StartSecret();
    }

    /// <summary>Reads as much as can be read.</summary>
    /// <param name="bytes">What came since the position that the last call gave back.</param>
    /// <param name="isLast">Nothing follows.</param>
    /// <param name="consumed">What need not be handed in again.</param>
    /// <returns>False if this is no SecretList in valid JSON.</returns>
    public bool Read(in ReadOnlySequence<byte> bytes, bool isLast, out SequencePosition consumed)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        try
        {
            var isExpected = ReadJson(ref reader);
            _state = reader.CurrentState;
            consumed = reader.Position;
            return isExpected;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that a string is not valid UTF-8.
            consumed = bytes.Start;
            return false;
        }
    }

    public void Dispose()
    {
        _name.Dispose();
        _config.Dispose();
        _legacyConfig.Dispose();
    }

    [FromJson("kind")]
    private bool TakeKind(ref Utf8JsonReader reader)
    {
        _isSecretList = reader.TokenType is JsonTokenType.String && reader.ValueTextEquals("SecretList"u8);
        return _isSecretList;
    }

    [FromJson("items", "[]", "metadata", "creationTimestamp")]
    private void TakeCreationTimestamp(ref Utf8JsonReader reader) =>
        _createdAtUnixSeconds = reader.TokenType is JsonTokenType.String && reader.TryGetDateTimeOffset(out var created)
            ? created.ToUnixTimeSeconds()
            : 0;

    [FromJson("items", "[]", "data", ".dockerconfigjson")]
    [FromJson("items", "[]", "data", ".podmanconfigjson")]
    private void TakeConfig(ref Utf8JsonReader reader) => TakeDocument(ref reader, _config, ref _hasConfig);

    [FromJson("items", "[]", "data", ".dockercfg")]
    private void TakeLegacyConfig(ref Utf8JsonReader reader) => TakeDocument(ref reader, _legacyConfig, ref _hasLegacyConfig);

    private static void TakeDocument(ref Utf8JsonReader reader, SecretBuffer encoded, ref bool isThere)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            encoded.Clear();
            encoded.CopyString(ref reader);
            isThere = true;
        }
    }

    [JsonStart("items", "[]")]
    private void StartSecret()
    {
        _name.Clear();
        _config.Clear();
        _legacyConfig.Clear();
        _hasConfig = _hasLegacyConfig = false;
        _createdAtUnixSeconds = 0;
        _type = SecretType.Other;
    }

    [JsonEnd("items", "[]")]
    private void FinishSecret()
    {
        Count++;
        var isLegacy = _type is SecretType.LegacyConfig;
        var encoded = isLegacy ? _legacyConfig : _config;
        // Without a name it is no Secret, and its credentials would pass for those of the node.
        if (_type is SecretType.Other || _name.Length == 0 || !(isLegacy ? _hasLegacyConfig : _hasConfig))
        {
            return;
        }

        var source = new CredentialSource(_name.WrittenMemory, _createdAtUnixSeconds);
        var document = encoded.DecodeBase64InPlace(out var isBase64);
        var fault = isBase64 ? documents.Read(document, isLegacy, source) : "is not base64";
        if (fault is not null)
        {
            warnings.AddSecret(source, isLegacy ? ".dockercfg" : ".dockerconfigjson", fault);
        }
    }

    [JsonEnd]
    private bool FinishList() => _isSecretList;
}
