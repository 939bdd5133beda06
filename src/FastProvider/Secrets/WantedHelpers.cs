using System;
using System.Text.Json;
using FastProvider.Generators;

namespace FastProvider.Secrets;

/// <summary>
/// Finds the helpers of some endpoints' hosts in <c>credHelpers</c>. Where they stand is noted, not what they are, so that names
/// which are repeated cost no memory: the last counts, and null empties the map, as in Go's encoding/json.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class WantedHelpers(EndpointCredential[] endpoints)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private readonly Range?[] _helpers = new Range?[endpoints.Length];

    /// <summary>Reads a document; what is no map, or no JSON, has no helpers.</summary>
    /// <remarks>Who reads the entries says what is wrong.</remarks>
    public void Read(ReadOnlySpan<byte> json) => _ = ReadDocument(json, Options);

    /// <summary>
    /// The helper of an endpoint's host; null if there is none. All endpoints of the host have one, and it is given once.
    /// </summary>
    public CredentialHelper? Take(ReadOnlySpan<byte> json, int endpoint)
    {
        if (_helpers[endpoint] is not { } place)
        {
            return null;
        }

        var host = endpoints[endpoint].Repository.Authority.ToArray();
        Set(host, null);
        return new CredentialHelper(host, json[place].ToArray());
    }

    [FromJson("credHelpers")]
    private void TakeMap(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            if (reader.TokenType is JsonTokenType.Null)
            {
                Array.Clear(_helpers);
            }

            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            TakeHelper(ref reader);
        }
    }

    private void TakeHelper(ref Utf8JsonReader reader)
    {
        var host = JsonName.Ascii(reader);
        reader.Read();
        if (reader.TokenType is JsonTokenType.String)
        {
            // Without its quotes.
            var start = (int)reader.TokenStartIndex + 1;
            Set(host, start..(start + reader.ValueSpan.Length));
        }

        reader.Skip();
    }

    private void Set(ReadOnlySpan<byte> host, Range? place)
    {
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (host.SequenceEqual(endpoints[i].Repository.Authority))
            {
                _helpers[i] = place;
            }
        }
    }
}
