using System;
using System.Numerics;
using System.Runtime.InteropServices;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>
/// A set of spans of one text, each with a byte of flags: which locations and which alias names a file has named so far.
/// Open addressing in arrays that are kept between files, so that a warm reader allocates nothing.
/// </summary>
internal sealed class SpanTable
{
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>Forgets all spans and keeps the memory.</summary>
    public void Clear()
    {
        if (_count > 0)
        {
            Array.Clear(_entries);
            _count = 0;
        }
    }

    /// <summary>
    /// Adds <paramref name="span"/> with <paramref name="flags"/>, or answers false and gives the flags that an equal span was
    /// added with.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> text, TextSpan span, byte flags, out byte earlier)
    {
        if (_count * 2 >= _entries.Length)
        {
            Grow();
        }

        var bytes = span.In(text);
        var hash = Hash(bytes);
        var mask = _entries.Length - 1;
        for (var i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            ref var entry = ref _entries[i];
            if (!entry.Used)
            {
                entry = new Entry(span, hash, flags, true);
                _count++;
                earlier = flags;
                return true;
            }

            if (entry.Hash == hash && entry.Span.Length == span.Length && entry.Span.In(text).SequenceEqual(bytes))
            {
                earlier = entry.Flags;
                return false;
            }
        }
    }

    private void Grow()
    {
        var old = _entries;
        _entries = new Entry[old.Length * 2];
        var mask = _entries.Length - 1;
        foreach (var entry in old)
        {
            if (!entry.Used)
            {
                continue;
            }

            var i = (int)entry.Hash & mask;
            while (_entries[i].Used)
            {
                i = (i + 1) & mask;
            }

            _entries[i] = entry;
        }
    }

    /// <summary>The files are root's own, so the hash has to be quick and even, not secret.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong odd = 0x9E37_79B9_7F4A_7C15;
        var hash = (ulong)bytes.Length * odd;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (BitOperations.RotateLeft(hash, 23) ^ MemoryMarshal.Read<ulong>(bytes)) * odd;
            bytes = bytes[sizeof(ulong)..];
        }

        var tail = 0UL;
        foreach (var c in bytes)
        {
            tail = (tail << 8) | c;
        }

        hash = (BitOperations.RotateLeft(hash, 23) ^ tail) * odd;
        return (uint)(hash >> 32);
    }

    private readonly record struct Entry(TextSpan Span, uint Hash, byte Flags, bool Used);
}
