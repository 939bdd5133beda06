using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Secrets;

/// <summary>
/// Every key of every auth document that a run met, for people who ask why one was chosen and another was not. A pull has no
/// trace: it keeps the best only.
/// </summary>
internal sealed class KeyTrace
{
    private readonly List<TracedKey> _keys = [];
    private readonly Dictionary<string, TracedKey> _known = [];
    private string _sourceText = "";
    private CredentialSource _source;

    /// <summary>In the order in which they were met; a key that a document repeats stands once.</summary>
    public IReadOnlyList<TracedKey> Keys => _keys;

    public int Count => _keys.Count;

    /// <summary>Notes a key, decoded as it stands in its document.</summary>
    public void See(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        Enter(source);
        var name = Name(_sourceText, key);
        if (!_known.ContainsKey(name))
        {
            var seen = new TracedKey(_source, key.ToArray());
            _known.Add(name, seen);
            _keys.Add(seen);
        }
    }

    /// <summary>Notes that the entry of a key holds no credential.</summary>
    public void Refuse(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        Enter(source);
        if (_known.TryGetValue(Name(_sourceText, key), out var known))
        {
            known.Fault = fault;
        }
    }

    /// <summary>Forgets all but the first: the document turned out to be broken, or is read again.</summary>
    public void Truncate(int count)
    {
        for (var i = count; i < _keys.Count; i++)
        {
            _known.Remove(Name(_keys[i].Where, _keys[i].Key));
        }

        _keys.RemoveRange(count, _keys.Count - count);
    }

    private static string Name(string source, ReadOnlySpan<byte> key) => $"{source}\0{Encoding.Latin1.GetString(key)}";

    /// <summary>
    /// The keys of a document share their source, with a name of its own: the reader's is overwritten by the next Secret.
    /// </summary>
    private void Enter(in CredentialSource source)
    {
        if (_sourceText.Length == 0 || source.File != _source.File || source.Precedence != _source.Precedence
            || !source.Name.Span.SequenceEqual(_source.Name.Span))
        {
            _source = source with { Name = source.Name.ToArray() };
            _sourceText = _source.ToString();
        }
    }
}

/// <summary>A key, where it stands, and what is wrong with its entry.</summary>
internal sealed class TracedKey(in CredentialSource source, byte[] key)
{
    public CredentialSource Source { get; } = source;

    public byte[] Key { get; } = key;

    /// <summary>Null for an entry that is good, or that nobody had to read.</summary>
    public string? Fault { get; set; }

    /// <summary>"Secret NAME" or "global auth file PATH".</summary>
    public string Where => Source.ToString();

    /// <summary>Without a login that may stand in it.</summary>
    public string Text => ShownKey.Of(Key);
}
