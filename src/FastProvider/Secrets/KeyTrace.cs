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

    /// <summary>In the order in which they were met; a key that a document repeats stands once.</summary>
    public IReadOnlyList<TracedKey> Keys => _keys;

    public int Count => _keys.Count;

    /// <summary>Notes a key, decoded as it stands in its document.</summary>
    public void See(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        if (Find(source, key) is null)
        {
            _keys.Add(new TracedKey(source, key.ToArray()));
        }
    }

    /// <summary>Notes that the entry of a key holds no credential.</summary>
    public void Refuse(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        if (Find(source, key) is { } known)
        {
            known.Fault = fault;
        }
    }

    /// <summary>Forgets all but the first: the document turned out to be broken, or is read again.</summary>
    public void Truncate(int count) => _keys.RemoveRange(count, _keys.Count - count);

    private TracedKey? Find(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        foreach (var known in _keys)
        {
            if (known.Key.AsSpan().SequenceEqual(key) && known.Source.Name.Span.SequenceEqual(source.Name.Span))
            {
                return known;
            }
        }

        return null;
    }
}

/// <summary>A key, where it stands, and what is wrong with its entry.</summary>
internal sealed class TracedKey(in CredentialSource source, byte[] key)
{
    /// <summary>With a name of its own, as the reader's is overwritten by the next Secret.</summary>
    public CredentialSource Source { get; } = new(source.Name.ToArray(), source.Precedence);

    public byte[] Key { get; } = key;

    /// <summary>Null for an entry that is good, or that nobody had to read.</summary>
    public string? Fault { get; set; }

    /// <summary>"Secret NAME" or "global auth file".</summary>
    public string Where => Source.IsSecret ? $"Secret {Encoding.UTF8.GetString(Source.Name.Span)}" : "global auth file";

    public string Text => Warnings.Shorten(Key);
}
