using System;

namespace FastProvider.Toml;

/// <summary>
/// A TOML document as a tree. What is taken and what is refused is what the reference library's decoder takes and refuses
/// (BurntSushi/toml 1.6.0, lex.go and parse.go), as that decides what CRI-O does with a file. Read whole, for readers of any
/// spelling; the pull's usual registries.conf does not come this way.
/// </summary>
internal sealed class TomlDocument
{
    /// <summary>
    /// Up to 100 bytes of memory each with their names, twice that while it grows, and a run has 64 MB. A [[registry]] with a
    /// mirror has about 7; no file that people or operators write comes near.
    /// </summary>
    public const int MostValues = 100_000;

    private TomlNode[] _nodes = new TomlNode[64];
    private int _count;

    private TomlDocument(byte[] text)
    {
        Bytes = text;
        Members = new TomlNames(text);
        _ = AddNode(TomlKind.Table, 0);
    }

    /// <summary>
    /// The text that spans are in: the file's, in which strings with escapes were replaced by what they mean, at the same place.
    /// </summary>
    public ReadOnlySpan<byte> Text => Bytes;

    /// <summary>The table that is the document.</summary>
    public TomlValue Root => new(this, 0);

    /// <summary>The members of all tables.</summary>
    internal TomlNames Members { get; }

    /// <summary><see cref="Text"/>, to decode in.</summary>
    internal byte[] Bytes { get; }

    /// <summary>Whether <see cref="MostValues"/> was reached.</summary>
    internal bool IsFull => _count >= MostValues;

    /// <summary>Reads a text without byte order mark; <paramref name="document"/> is whole if no fault is returned.</summary>
    public static TomlFault? Read(ReadOnlySpan<byte> text, out TomlDocument document)
    {
        if (TomlText.FindFault(text) is { } forbidden)
        {
            document = new TomlDocument([]);
            return forbidden;
        }

        document = new TomlDocument(text.ToArray());
        return new TomlParser(document).ReadAll();
    }

    /// <summary>The value of an index.</summary>
    internal ref TomlNode Node(int index) => ref _nodes[index];

    /// <summary>Adds a value that belongs nowhere yet.</summary>
    internal int AddNode(TomlKind kind, int at, TextSpan text = default)
    {
        if (_count == _nodes.Length)
        {
            Array.Resize(ref _nodes, _count * 2);
        }

        _nodes[_count] = new TomlNode
        {
            Kind = kind, At = at, Text = text, First = TomlNames.None, Last = TomlNames.None, Next = TomlNames.None,
        };
        return _count++;
    }

    /// <summary>Appends a value to an array.</summary>
    internal void AddItem(int array, int item)
    {
        ref var node = ref _nodes[array];
        if (node.Last == TomlNames.None)
        {
            node.First = item;
        }
        else
        {
            _nodes[node.Last].Next = item;
        }

        node.Last = item;
    }

    /// <summary>The entry of a member of a table, made with <paramref name="value"/> if there was none.</summary>
    internal ref TomlNames.Entry FindOrAddMember(int table, TextSpan name, int value, out bool isNew)
    {
        var entry = Members.FindOrAdd(table, name, value, out isNew);
        if (isNew)
        {
            ref var node = ref _nodes[table];
            if (node.Last == TomlNames.None)
            {
                node.First = entry;
            }
            else
            {
                Members[node.Last].Next = entry;
            }

            node.Last = entry;
        }

        return ref Members[entry];
    }
}

/// <summary>A value of a <see cref="TomlDocument"/> as it is kept.</summary>
internal struct TomlNode
{
    public TomlKind Kind;
    public int At;

    /// <summary>A string's content; what else is no array and no table, as it is written.</summary>
    public TextSpan Text;

    /// <summary>The first element of an array (a value) or member of a table (an entry of the members).</summary>
    public int First;

    /// <summary>The last one.</summary>
    public int Last;

    /// <summary>The element that follows in the same array.</summary>
    public int Next;
}
