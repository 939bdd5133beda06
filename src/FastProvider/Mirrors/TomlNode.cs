using System;
using System.Collections.Generic;

namespace FastProvider.Mirrors;

/// <summary>The kinds of TOML value that registries.conf tells apart.</summary>
internal enum TomlKind : byte
{
    String,
    Boolean,

    /// <summary>A number or a date: of no use in registries.conf.</summary>
    Other,

    /// <summary><c>[a, b]</c>, of inline tables too.</summary>
    Array,

    /// <summary>A table, be it written with a header, in line, or implied by a dotted key.</summary>
    Table,

    /// <summary>The tables of <c>[[name]]</c>.</summary>
    TableArray,
}

/// <summary>A TOML value and the line it stands on.</summary>
internal sealed class TomlNode(TomlKind kind, int line)
{
    public TomlKind Kind { get; } = kind;

    public int Line { get; } = line;

    /// <summary>The value of a <see cref="TomlKind.String"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>The value of a <see cref="TomlKind.Boolean"/>.</summary>
    public bool Truth { get; init; }

    /// <summary>The elements of an array or the tables of a table array.</summary>
    public List<TomlNode> Items => field ??= [];

    /// <summary>The values of a <see cref="TomlKind.Table"/> by key.</summary>
    public Dictionary<string, TomlNode> Members => field ??= new(StringComparer.Ordinal);
}
