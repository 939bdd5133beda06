using System;

namespace FastProvider.Toml;

/// <summary>
/// Names within parents, each with a number: the members of the tables of a document, or what is known of its paths. Open
/// addressing, so that it takes one array for the entries and one for their places, whatever the shape of the document.
/// </summary>
internal sealed class TomlNames(byte[] text)
{
    /// <summary>No entry.</summary>
    public const int None = -1;

    private Entry[] _entries = new Entry[32];
    private int[] _places = new int[64]; // 1 more than an index of _entries; 0 is free
    private int _count;

    /// <summary>The entry of a name within its parent, to read and to change.</summary>
    public ref Entry this[int index] => ref _entries[index];

    /// <summary>
    /// The index of the entry of <paramref name="name"/> within <paramref name="parent"/>, or <see cref="None"/>.
    /// </summary>
    public int Find(int parent, TextSpan name) => Find(parent, name, Hash(parent, name.In(text)), out _);

    /// <summary>
    /// The index of the entry of a name within its parent, made with <paramref name="value"/> if there was none.
    /// </summary>
    public int FindOrAdd(int parent, TextSpan name, int value, out bool isNew)
    {
        var hash = Hash(parent, name.In(text));
        var found = Find(parent, name, hash, out var place);
        isNew = found == None;
        if (!isNew)
        {
            return found;
        }

        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count] = new Entry { Parent = parent, Name = name, Hash = hash, Value = value, Next = None };
        _places[place] = ++_count;
        if (_count * 2 > _places.Length)
        {
            Grow();
        }

        return _count - 1;
    }

    private int Find(int parent, TextSpan name, uint hash, out int place)
    {
        var bytes = name.In(text);
        var mask = _places.Length - 1;
        for (place = (int)hash & mask; _places[place] != 0; place = (place + 1) & mask)
        {
            ref var entry = ref _entries[_places[place] - 1];
            if (entry.Hash == hash && entry.Parent == parent && entry.Name.In(text).SequenceEqual(bytes))
            {
                return _places[place] - 1;
            }
        }

        return None;
    }

    private void Grow()
    {
        _places = new int[_places.Length * 2];
        var mask = _places.Length - 1;
        for (var index = 0; index < _count; index++)
        {
            var place = (int)_entries[index].Hash & mask;
            while (_places[place] != 0)
            {
                place = (place + 1) & mask;
            }

            _places[place] = index + 1;
        }
    }

    // FNV-1a. The files are root's own, so the hash has to be even, not secret.
    private static uint Hash(int parent, ReadOnlySpan<byte> name)
    {
        const uint prime = 16_777_619;
        var hash = (2_166_136_261 ^ (uint)parent) * prime;
        foreach (var c in name)
        {
            hash = (hash ^ c) * prime;
        }

        return (hash ^ (hash >> 15)) * 0x9E37_79B9;
    }

    /// <summary>A name within a parent.</summary>
    public struct Entry
    {
        public int Parent;
        public TextSpan Name;
        public uint Hash;

        /// <summary>What it stands for: the index of a value, or flags.</summary>
        public int Value;

        /// <summary>The entry that follows in the order of the text, where somebody keeps it.</summary>
        public int Next;
    }
}
