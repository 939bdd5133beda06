using System;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Json;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads a SecretList while it arrives, in pieces of any size, and offers each Secret's auth document to the endpoints as
/// soon as its object ends. Nothing else of the list is kept.
/// Shape: k8s.io/api/core/v1 SecretList; the order of an object's fields does not matter, and the API server's encoder
/// repeats none.
/// </summary>
[JsonReader(Resumable = true, NamesAreUnique = true)]
internal sealed partial class SecretListReader(AuthDocument documents, SecretNotices warnings) : IDisposable
{
    [FromJson("items", "[]", "metadata", "name")]
    private readonly SecretBuffer _name = new();

    private readonly SecretObject _secret = new(documents);
    private readonly JsonReading _json = new(SecretObject.Options.MaxDepth);
    private ReadOnlyMemory<byte> _namespace;
    private bool _isSecretList;
    private bool _isForeign;
    private long _createdAtUnixSeconds;

    [FromJson("items", "[]", "type")]
    private SecretType _type;

    /// <summary>How many Secrets were read since <see cref="Start"/>.</summary>
    public int Count { get; private set; }

    /// <summary>How long the name, string or number is that the last piece has cut, as far as it has come.</summary>
    public long CutValueBytes => _json.CutBytes;

    /// <summary>Whether the list was read to its end.</summary>
    public bool IsWhole => IsAtEnd && _isSecretList;

    /// <summary>Turns to another pull. What is left of the one before is forgotten, and its memory given back.</summary>
    /// <param name="others">Where its warnings go.</param>
    /// <param name="wantedNamespace">A Secret that says it is of another is passed over.</param>
    public void Reset(SecretNotices others, ReadOnlyMemory<byte> wantedNamespace)
    {
        warnings = others;
        _namespace = wantedNamespace;
        Release();
    }

    /// <summary>Makes ready for the next list.</summary>
    public void Start()
    {
        _json.Start();
        StartJson();
        _isSecretList = false;
        Count = 0;
        StartSecret();
    }

    /// <summary>Reads what has come. All of it is taken: where it cuts a value, the next piece goes on with that.</summary>
    /// <param name="piece">What came since the last call.</param>
    /// <param name="isLast">Nothing follows.</param>
    /// <returns>False if this is no SecretList in valid JSON.</returns>
    public bool Read(ReadOnlySpan<byte> piece, bool isLast)
    {
        var reader = new JsonPieceReader(_json, piece, isLast);
        try
        {
            return ReadJson(ref reader);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that a string is not valid UTF-8.
            return false;
        }
    }

    public void Dispose() => Release();

    private void Release()
    {
        _json.Release();
        _name.Release();
        _secret.Release();
    }

    [FromJson("kind")]
    private bool TakeKind(ref JsonPieceReader reader)
    {
        _isSecretList = reader.TokenType is JsonTokenType.String && reader.ValueTextEquals("SecretList"u8);
        return _isSecretList;
    }

    /// <summary>The request asks for no pages. A server that gives a page all the same has not given the list.</summary>
    [FromJson("metadata", "continue")]
    private static bool TakeContinue(ref JsonPieceReader reader) =>
        reader.TokenType is not JsonTokenType.String || reader.ValueTextEquals(""u8);

    /// <summary>
    /// Absent, null and empty say the same (Go's omitempty), and the path of the request has named the namespace.
    /// </summary>
    [FromJson("items", "[]", "metadata", "namespace")]
    private void TakeNamespace(ref JsonPieceReader reader) =>
        _isForeign = !_namespace.IsEmpty && reader.TokenType is not JsonTokenType.Null
            && !(reader.TokenType is JsonTokenType.String
                && (reader.ValueTextEquals(_namespace.Span) || reader.ValueTextEquals(""u8)));

    [FromJson("items", "[]", "metadata", "creationTimestamp")]
    private void TakeCreationTimestamp(ref JsonPieceReader reader) =>
        _createdAtUnixSeconds = reader.TokenType is JsonTokenType.String ? CreationTime.UnixSeconds(reader) : 0;

    [FromJson("items", "[]", "data", ".dockerconfigjson")]
    [FromJson("items", "[]", "data", ".podmanconfigjson")]
    private void TakeConfig(ref JsonPieceReader reader) => _secret.TakeConfig(ref reader);

    [FromJson("items", "[]", "data", ".dockercfg")]
    private void TakeLegacyConfig(ref JsonPieceReader reader) => _secret.TakeLegacyConfig(ref reader);

    [JsonStart("items", "[]")]
    private void StartSecret()
    {
        _name.Clear();
        _secret.Start();
        _isForeign = false;
        _createdAtUnixSeconds = 0;
        _type = SecretType.Other;
    }

    [JsonEnd("items", "[]")]
    private void FinishSecret()
    {
        Count++;
        // Without a name it is no Secret, and its credentials would pass for those of the node.
        if (_type is SecretType.Other || _name.Length == 0)
        {
            return;
        }

        var source = new CredentialSource(_name.WrittenMemory, _createdAtUnixSeconds);
        if (_isForeign)
        {
            warnings.AddSecret(source, "metadata.namespace", "names another namespace than the pod's");
            return;
        }

        _secret.Offer(_type, source, warnings);
    }

    [JsonEnd]
    private bool FinishList() => _isSecretList;
}
