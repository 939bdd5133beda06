using System;
using System.Text;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Json;
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
[JsonReader(Lenient = true, MostlyUnwanted = true)]
internal sealed partial class AuthDocument(EndpointCredential[] endpoints, SecretNotices warnings) : IDisposable
{
    /// <summary>Go's decoder takes 10,000 levels; a document that any tool wrote has three.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    /// <summary>
    /// No image has so many keys; a file of the node that repeats one under as many names must not take the memory of the run.
    /// </summary>
    private const int MaxWanted = 256 * 1024;

    private const int MaxStoreNameBytes = 64;

    /// <summary>Places of wanted entries: as many at first, and as many at most for the next pull.</summary>
    private const int UsualWanted = 4, MaxKept = 1024;

    private readonly JsonReading _json = new(Options.MaxDepth);
    private readonly AuthEntry _entry = new();
    private SecretBuffer _keys = new();
    private SecretBuffer _otherKeys = new();
    private Comparison<Place>? _byKey;
    private CredentialSource _source;
    private Place[] _wanted = new Place[UsualWanted];
    private int _wantedCount, _entryCount, _tracedBefore;
    private bool _hasTooMany, _isFlatMap, _hasAuthsInMap;
    private string? _store;

    /// <summary>Offers what a Secret holds to the endpoints.</summary>
    /// <param name="json">The decoded document.</param>
    /// <param name="isFlatMap">The legacy dockercfg form.</param>
    /// <param name="source">The Secret.</param>
    /// <returns>Null, or why the document cannot be used; no endpoint has taken anything from it then.</returns>
    public string? Read(ReadOnlySpan<byte> json, bool isFlatMap, in CredentialSource source)
    {
        _source = source;
        _tracedBefore = warnings.Trace?.Count ?? 0;
        _store = null;
        _isFlatMap = isFlatMap;
        ForgetWanted();
        if (FindWanted(json, isFlatMap) is { } fault)
        {
            ForgetWanted();
            return fault;
        }

        KeepLastOfEachKey();
        foreach (ref readonly var place in _wanted.AsSpan(0, _wantedCount))
        {
            Offer(json, place);
        }

        if (_entryCount == 0 || (_hasAuthsInMap && _wantedCount == 0))
        {
            SayWhyThereIsNone(json, isFlatMap);
        }

        return null;
    }

    /// <summary>Turns to another pull. What is left of the one before is forgotten, and its memory given back.</summary>
    public void Reset(EndpointCredential[] others, SecretNotices theirWarnings)
    {
        endpoints = others;
        warnings = theirWarnings;
        _source = default;
        _wanted = _wanted.Length <= MaxKept ? _wanted : new Place[UsualWanted];
        Release();
    }

    public void Dispose() => Release();

    private void Release()
    {
        _json.Release();
        _entry.Release();
        _keys.Release();
        _otherKeys.Release();
    }

    /// <summary>Reads the document to its end and remembers where the entries are that some endpoint would take.</summary>
    /// <returns>Null, or what is wrong with the document.</returns>
    private string? FindWanted(ReadOnlySpan<byte> json, bool isFlatMap)
    {
        _json.Start();
        var reader = new JsonPieceReader(_json, json, isLast: true);
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
            return _hasTooMany ? $"has more than {MaxWanted} keys for this image" : null;
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
    private void NoteEntries(ref JsonPieceReader reader)
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

    private void NoteEntry(ref JsonPieceReader reader)
    {
        var key = JsonName.Ascii(reader);
        _entryCount++;
        _hasAuthsInMap |= _isFlatMap && key.SequenceEqual("auths"u8);
        warnings.Trace?.See(_source, key);
        var isWanted = IsWanted(key) && HasRoom();
        var keyStart = _keys.Length;
        if (isWanted)
        {
            _keys.Write(key);
        }

        if (!isWanted)
        {
            reader.PassValue();
            return;
        }

        reader.Read();
        var valueStart = reader.TokenStart;
        reader.Skip();
        _wanted[_wantedCount++] = new Place(keyStart, _keys.Length - keyStart, valueStart, reader.Consumed);
    }

    /// <summary>The login is in a credential store of the machine where the document was made (docker-credential-NAME).</summary>
    [FromJson("credsStore")]
    private void NoteStore(ref JsonPieceReader reader)
    {
        if (reader.TokenType is JsonTokenType.String && reader.ValueSpan.Length > 0)
        {
            // What is no name of a program is not repeated: anything may stand there.
            _store = IsStoreName(reader.ValueSpan) ? $" {Encoding.ASCII.GetString(reader.ValueSpan)}" : "";
        }

        reader.Skip();
    }

    private static bool IsStoreName(ReadOnlySpan<byte> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'-' or (byte)'_' or (byte)'.'))
            {
                return false;
            }
        }

        return name.Length <= MaxStoreNameBytes;
    }

    /// <summary>A key that is repeated takes no room; others double it, up to a bound.</summary>
    private bool HasRoom()
    {
        if (_wantedCount < _wanted.Length && !_hasTooMany)
        {
            return true;
        }

        if (!_hasTooMany)
        {
            KeepLastOfEachKey();
            _hasTooMany = _wantedCount >= MaxWanted;
        }

        // At least half of it is free then, so that the sorting is worth its while.
        if (!_hasTooMany && _wantedCount > _wanted.Length / 2)
        {
            Array.Resize(ref _wanted, 2 * _wanted.Length);
        }

        return !_hasTooMany;
    }

    /// <summary>Brings the entries of one key together, however many a tenant writes, and keeps the last of them.</summary>
    private void KeepLastOfEachKey()
    {
        var wanted = _wanted.AsSpan(0, _wantedCount);
        if (wanted.Length < 2)
        {
            return;
        }

        // The delegate is kept: a warm pull makes no garbage.
        wanted.Sort(_byKey ??= CompareKeys);
        _otherKeys.Clear();
        var kept = 0;
        for (var i = 0; i < wanted.Length; i++)
        {
            var key = KeyOf(wanted[i]);
            if (i + 1 == wanted.Length || !key.SequenceEqual(KeyOf(wanted[i + 1])))
            {
                wanted[kept++] = wanted[i] with { KeyStart = _otherKeys.Length };
                _otherKeys.Write(key);
            }
        }

        _wantedCount = kept;
        (_keys, _otherKeys) = (_otherKeys, _keys);
    }

    private void ForgetWanted()
    {
        _entryCount = 0;
        _hasTooMany = _hasAuthsInMap = false;
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
                endpoint.PassOver(key, rank);
            }
        }

        if (fault is not null)
        {
            warnings.AddEntry(
                _source, key, fault is AuthEntry.NothingInIt && _store is not null ? $"{fault}: {StoreText}" : fault);
        }
    }

    private string StoreText => $"the login is in the credential store{_store} (credsStore) of the machine where it was made";

    /// <summary>A document that is valid and has no entry at all was mostly meant to have one.</summary>
    private void SayWhyThereIsNone(ReadOnlySpan<byte> json, bool isFlatMap)
    {
        if (_hasAuthsInMap)
        {
            warnings.AddDocument(
                _source, ".dockercfg", "has auths, which belong under .dockerconfigjson (type kubernetes.io/dockerconfigjson)");
        }
        else if (!isFlatMap && DocumentShape.HasEntriesAtTheTop(json))
        {
            warnings.AddDocument(_source, ".dockerconfigjson",
                "has no auths: its entries stand at the top, as in a .dockercfg (type kubernetes.io/dockercfg)");
        }
        else if (_source.IsSecret && _store is not null)
        {
            warnings.AddDocument(_source, ".dockerconfigjson", $"has no entry: {StoreText}");
        }
        else if (_source.IsSecret)
        {
            warnings.NoteEmpty(_source);
        }
    }

    /// <summary>Where an entry stands: its decoded key among all that are wanted, its value in the document, in bytes.</summary>
    private readonly record struct Place(int KeyStart, int KeyLength, int ValueStart, int End);
}
