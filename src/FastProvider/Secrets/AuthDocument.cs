using System;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads an auth document (dockerconfigjson, dockercfg, an auth file) for the endpoints of one pull. One pass over the whole
/// notes the entries that an endpoint wants; they are read and offered after it, as an endpoint must not take anything from a
/// document that turns out to be cut or wrong.
/// Shapes: <c>{"auths":{KEY:ENTRY}}</c>, or for the legacy dockercfg the map alone; see containers-auth.json(5). Repeated names
/// are what Go's encoding/json makes of them, which kubelet and CRI-O read with: the maps of several auths are one, null
/// empties it, and of a key's entries the last counts, also if it is no good.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class AuthDocument(EndpointCredential[] endpoints, Warnings warnings) : IDisposable
{
    /// <summary>Go's decoder takes 10,000 levels; a document that any tool wrote has three.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private readonly AuthEntry _entry = new();
    private readonly SecretBuffer _keys = new();
    private Comparison<Place>? _byKey;
    private CredentialSource _source;
    private Place[] _wanted = new Place[4];
    private int _wantedCount, _tracedBefore;

    /// <summary>Offers what a Secret holds to the endpoints.</summary>
    /// <param name="json">The decoded document.</param>
    /// <param name="isFlatMap">The legacy dockercfg form.</param>
    /// <param name="source">The Secret.</param>
    /// <returns>Null, or why the document cannot be used; no endpoint has taken anything from it then.</returns>
    public string? Read(ReadOnlySpan<byte> json, bool isFlatMap, in CredentialSource source)
    {
        _source = source;
        _tracedBefore = warnings.Trace?.Count ?? 0;
        ForgetWanted();
        if (FindWanted(json, isFlatMap) is { } fault)
        {
            ForgetWanted();
            return fault;
        }

        var wanted = _wanted.AsSpan(0, _wantedCount);
        if (wanted.Length > 1)
        {
            // Brings the entries of one key together, however many a tenant writes. The delegate is kept: a warm pull makes no garbage.
            wanted.Sort(_byKey ??= CompareKeys);
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (i + 1 == wanted.Length || !KeyOf(wanted[i]).SequenceEqual(KeyOf(wanted[i + 1])))
            {
                Offer(json, wanted[i]);
            }
        }

        return null;
    }

    /// <summary>Turns to the endpoints of another pull.</summary>
    public void Serve(EndpointCredential[] others, Warnings theirWarnings)
    {
        endpoints = others;
        warnings = theirWarnings;
    }

    public void Dispose()
    {
        _entry.Dispose();
        _keys.Dispose();
    }

    /// <summary>Reads the document to its end and remembers where the entries are that some endpoint would take.</summary>
    /// <returns>Null, or what is wrong with the document.</returns>
    private string? FindWanted(ReadOnlySpan<byte> json, bool isFlatMap)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return "is not a JSON object";
            }

            if (isFlatMap)
            {
                NoteEntries(ref reader);
            }
            else
            {
                ReadJson(ref reader);
            }

            // Nothing may follow the object.
            reader.Read();
            return null;
        }
        catch (JsonException)
        {
            return "is not whole, valid JSON";
        }
        catch (InvalidOperationException)
        {
            return "has auths that are not an object";
        }
    }

    [FromJson("auths")]
    private void NoteEntries(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            ForgetWanted();
            return;
        }

        JsonText.Require(JsonTokenType.StartObject, reader.TokenType);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            NoteEntry(ref reader);
        }
    }

    private void NoteEntry(ref Utf8JsonReader reader)
    {
        var key = JsonName.Ascii(reader);
        warnings.Trace?.See(_source, key);
        var isWanted = IsWanted(key);
        var keyStart = _keys.Length;
        if (isWanted)
        {
            _keys.Write(key);
        }

        reader.Read();
        var valueStart = (int)reader.TokenStartIndex;
        reader.Skip();
        if (!isWanted)
        {
            return;
        }

        if (_wantedCount == _wanted.Length)
        {
            Array.Resize(ref _wanted, 2 * _wantedCount);
        }

        _wanted[_wantedCount++] = new Place(keyStart, _keys.Length - keyStart, valueStart, (int)reader.BytesConsumed);
    }

    private void ForgetWanted()
    {
        _wantedCount = 0;
        _keys.Clear();
        warnings.Trace?.Truncate(_tracedBefore);
    }

    private ReadOnlySpan<byte> KeyOf(in Place place) => _keys.WrittenSpan.Slice(place.KeyStart, place.KeyLength);

    /// <summary>By key, and of one key in the order of the document.</summary>
    private int CompareKeys(Place one, Place other)
    {
        var order = KeyOf(one).SequenceCompareTo(KeyOf(other));
        return order != 0 ? order : one.ValueStart.CompareTo(other.ValueStart);
    }

    private bool IsWanted(ReadOnlySpan<byte> key)
    {
        var parsed = RegistryKey.Parse(key);
        foreach (var endpoint in endpoints)
        {
            if (endpoint.WouldTake(_source, key, parsed, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one entry of the valid document for the endpoints that still want it.</summary>
    private void Offer(ReadOnlySpan<byte> json, in Place place)
    {
        var key = KeyOf(place);
        var parsed = RegistryKey.Parse(key);
        var isRead = false;
        string? fault = null;
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.WouldTake(_source, key, parsed, out var rank))
            {
                continue;
            }

            if (!isRead)
            {
                var value = new Utf8JsonReader(json[place.ValueStart..place.End], Options);
                value.Read();
                fault = _entry.Read(ref value);
                isRead = true;
            }

            if (fault is null)
            {
                endpoint.Take(_source, key, _entry, rank);
            }
            else
            {
                endpoint.PassOver(_source, key);
            }
        }

        if (fault is not null)
        {
            warnings.AddEntry(_source, key, fault);
        }
    }

    /// <summary>Where an entry stands: its decoded key among all that are wanted, its value in the document, in bytes.</summary>
    private readonly record struct Place(int KeyStart, int KeyLength, int ValueStart, int End);
}
