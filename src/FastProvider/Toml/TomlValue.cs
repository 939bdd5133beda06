using System;

namespace FastProvider.Toml;

/// <summary>The kinds of TOML value that a reader of settings tells apart.</summary>
internal enum TomlKind : byte
{
    String,
    Boolean,

    /// <summary>A number or a date: none of our settings is one.</summary>
    Other,

    /// <summary><c>[a, b]</c>, of inline tables too.</summary>
    Array,

    /// <summary>A table, be it written with a header, in line, or implied by a dotted key.</summary>
    Table,

    /// <summary>The tables of <c>[[name]]</c>.</summary>
    TableArray,
}

/// <summary>A value of a <see cref="TomlDocument"/>.</summary>
internal readonly struct TomlValue(TomlDocument document, int index)
{
    public TomlKind Kind => document.Node(index).Kind;

    /// <summary>The offset in the text where it was begun.</summary>
    public int At => document.Node(index).At;

    /// <summary>The value of a <see cref="TomlKind.String"/>, within <see cref="TomlDocument.Text"/>.</summary>
    public TextSpan Span => document.Node(index).Text;

    /// <summary>The value of a <see cref="TomlKind.String"/>, UTF-8.</summary>
    public ReadOnlySpan<byte> Text => Span.In(document.Text);

    /// <summary>The value of a <see cref="TomlKind.Boolean"/>.</summary>
    public bool Truth => Kind == TomlKind.Boolean && Text[0] == (byte)'t';

    /// <summary>Whether it has <see cref="Items"/>.</summary>
    public bool IsArray => Kind is TomlKind.Array or TomlKind.TableArray;

    /// <summary>The elements of an array, in their order; none of another kind.</summary>
    public ItemList Items => new(document, IsArray ? document.Node(index).First : TomlNames.None);

    /// <summary>The members of a table, in the order in which they were named; none of another kind.</summary>
    public MemberList Members => new(document, Kind == TomlKind.Table ? document.Node(index).First : TomlNames.None);

    /// <summary>
    /// The member that a Go struct takes for its field <paramref name="name"/>: the exact one, else one in other letters (unify
    /// in decode.go of BurntSushi/toml).
    /// </summary>
    /// <param name="name">Lower-case ASCII.</param>
    /// <param name="value">The member's value.</param>
    public bool TryGetField(ReadOnlySpan<byte> name, out TomlValue value)
    {
        value = default;
        var found = false;
        foreach (var member in Members)
        {
            if (member.Name.SequenceEqual(name))
            {
                value = member.Value;
                return true;
            }

            if (!found && TomlText.EqualsFolded(member.Name, name))
            {
                (value, found) = (member.Value, true);
            }
        }

        return found;
    }

    /// <summary>A member of a table.</summary>
    public readonly struct Member(TomlDocument document, int entry)
    {
        public ReadOnlySpan<byte> Name => Span.In(document.Text);

        /// <summary>The name, within <see cref="TomlDocument.Text"/>.</summary>
        public TextSpan Span => document.Members[entry].Name;

        public TomlValue Value => new(document, document.Members[entry].Value);
    }

    /// <summary>Walks the elements of an array.</summary>
    public struct ItemList(TomlDocument document, int first)
    {
        private int _next = first;

        public TomlValue Current { get; private set; }

        public readonly ItemList GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next == TomlNames.None)
            {
                return false;
            }

            Current = new TomlValue(document, _next);
            _next = document.Node(_next).Next;
            return true;
        }
    }

    /// <summary>Walks the members of a table.</summary>
    public struct MemberList(TomlDocument document, int first)
    {
        private int _next = first;

        public Member Current { get; private set; }

        public readonly MemberList GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next == TomlNames.None)
            {
                return false;
            }

            Current = new Member(document, _next);
            _next = document.Members[_next].Next;
            return true;
        }
    }
}
