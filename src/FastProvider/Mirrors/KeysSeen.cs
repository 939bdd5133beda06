using System;
using System.Runtime.CompilerServices;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>
/// The keys that one table has had: TOML forbids a second one, and the judgement of one is left to the reader of whole documents.
/// </summary>
internal struct KeysSeen
{
    private const int MostUnknownKeys = 8;

    private uint _known;
    private int _unknownCount;
    private UnknownKeys _unknown;

    /// <summary>Whether the table has had <paramref name="key"/>.</summary>
    public readonly bool Has(RegistriesKey key) => (_known & (1u << (int)key)) != 0;

    /// <summary>Notes a known key; false if the table has had it.</summary>
    public bool TryAdd(RegistriesKey key)
    {
        var added = !Has(key);
        _known |= 1u << (int)key;
        return added;
    }

    /// <summary>
    /// Notes an unknown key of <paramref name="text"/>; false if the table has had it, if there are too many to remember, for an
    /// empty name, which has odd effects in the decoder, and for a name that might be a known key in other letters, which the
    /// decoder takes.
    /// </summary>
    public bool TryAddUnknown(ReadOnlySpan<byte> text, TextSpan name)
    {
        var bytes = name.In(text);
        if (_unknownCount == MostUnknownKeys || bytes.IsEmpty || !IsPlainLowerCase(bytes))
        {
            return false;
        }

        for (var i = 0; i < _unknownCount; i++)
        {
            if (_unknown[i].In(text).SequenceEqual(bytes))
            {
                return false;
            }
        }

        _unknown[_unknownCount++] = name;
        return true;
    }

    private static bool IsPlainLowerCase(ReadOnlySpan<byte> name)
    {
        foreach (var c in name)
        {
            if (c is (>= (byte)'A' and <= (byte)'Z') or >= 0x80)
            {
                return false;
            }
        }

        return true;
    }

    [InlineArray(MostUnknownKeys)]
    private struct UnknownKeys
    {
        private TextSpan _first;
    }
}
