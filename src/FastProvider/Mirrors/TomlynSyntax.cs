using System;
using System.Collections.Generic;
using System.Text;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace FastProvider.Mirrors;

/// <summary>Any TOML, read by Tomlyn's syntax parser into a <see cref="TomlNode"/> tree. Slow and allocating: for what <see cref="TomlReader"/> does not take.</summary>
internal sealed class TomlynSyntax
{
    private const int LongestMessage = 200;

    private const char Replacement = '\uFFFD', FirstPrivate = '\uE000', LastPrivate = '\uF8FF';

    private readonly TomlDefinitions _definitions = new();
    private readonly char _standIn;
    private int _line;

    private TomlynSyntax(char standIn) => _standIn = standIn;

    /// <summary>
    /// Reads <paramref name="text"/>, which has no byte order mark and passed <see cref="TomlText.FindForbidden"/>. Null means success; else it is what
    /// is wrong, and <paramref name="line"/> says where.
    /// </summary>
    public static string? Read(ReadOnlySpan<byte> text, out TomlNode root, out int line)
    {
        var decoded = Encoding.UTF8.GetString(text);
        var standIn = StandInFor(decoded);
        var reader = new TomlynSyntax(standIn);
        root = reader._definitions.Root;
        DocumentSyntax document;
        try
        {
            // Definitions are judged by TomlDefinitions, so the parser checks the syntax alone.
            document = SyntaxParser.Parse(decoded.Replace(Replacement, standIn), sourceName: null, validate: false);
        }
        catch (ArgumentException)
        {
            // Tomlyn 2.10.2 throws for an escape that the text ends in, where it reports any other fault.
            line = TomlText.LineOf(text, text.Length);
            return "this is not valid TOML: a bad escape in a string";
        }
        catch (TomlException fault)
        {
            // Arrays or inline tables within each other, deeper than Tomlyn goes (64).
            line = fault.Line ?? 1;
            return OneLine(fault.Message);
        }

        foreach (var diagnostic in document.Diagnostics)
        {
            if (diagnostic.Kind == DiagnosticMessageKind.Error)
            {
                line = diagnostic.Span.Start.Line + 1;
                return $"this is not valid TOML: {OneLine(diagnostic.Message)}";
            }
        }

        var valid = reader.TryRead(document);
        line = reader._line;
        return valid ? null : "a key or table is defined again, a number is out of range, or a backslash escapes nothing";
    }

    private bool TryRead(DocumentSyntax document)
    {
        foreach (var item in document.KeyValues)
        {
            if (!TryReadKeyValue(item, out _))
            {
                return false;
            }
        }

        foreach (var table in document.Tables)
        {
            _line = LineOf(table);
            if (table.Name is null || !_definitions.TryOpenTable(PathOf(table.Name), table is TableArraySyntax, _line))
            {
                return false;
            }

            foreach (var item in table.Items)
            {
                if (!TryReadKeyValue(item, out _))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryReadKeyValue(KeyValueSyntax item, out TomlNode? read)
    {
        _line = LineOf(item);
        read = null;
        if (item is not { Key: { } key, Value: { } value })
        {
            return false;
        }

        var path = PathOf(key);
        if (!_definitions.TryEnterParents(path, _line, out var outer))
        {
            return false;
        }

        read = ReadValue(value, path[^1], inArray: false);
        return read is not null && _definitions.TrySetKey(path[^1], read, outer);
    }

    private TomlNode? ReadValue(ValueSyntax value, string name, bool inArray)
    {
        _line = LineOf(value);
        return value switch
        {
            StringValueSyntax text => !HasSoundLineEscapes(text) ? null : new TomlNode(TomlKind.String, _line) { Text = Restore(text.Value) },
            BooleanValueSyntax truth => new TomlNode(TomlKind.Boolean, _line) { Truth = truth.Value },
            ArraySyntax array => ReadArray(array, name),
            InlineTableSyntax table => ReadInlineTable(table, name, inArray),
            _ => IsInRange(value) ? new TomlNode(TomlKind.Other, _line) : null,
        };
    }

    private TomlNode? ReadArray(ArraySyntax array, string name)
    {
        var node = new TomlNode(TomlKind.Array, _line);
        _definitions.BeginArray(name);
        foreach (var item in array.Items)
        {
            if (item.Value is null || ReadValue(item.Value, name, inArray: true) is not { } element)
            {
                return null;
            }

            node.Items.Add(element);
        }

        return node;
    }

    private TomlNode? ReadInlineTable(InlineTableSyntax table, string name, bool inArray)
    {
        var node = new TomlNode(TomlKind.Table, _line);
        if (!_definitions.TryBeginInlineTable(name, inArray, _line, out var outer))
        {
            return null;
        }

        foreach (var item in table.Items)
        {
            if (item.KeyValue is not { Key: { } key } pair || !TryReadKeyValue(pair, out var value) || !TryPlace(node, PathOf(key), value!))
            {
                return null;
            }
        }

        _definitions.EndInlineTable(outer);
        return node;
    }

    // The inline table is built beside the definitions: an element of an array has no path of its own there.
    private static bool TryPlace(TomlNode table, List<string> path, TomlNode value)
    {
        foreach (var name in path.GetRange(0, path.Count - 1))
        {
            if (!table.Members.TryGetValue(name, out var inner))
            {
                table.Members[name] = inner = new TomlNode(TomlKind.Table, value.Line);
            }

            if (inner.Kind != TomlKind.Table)
            {
                return false;
            }

            table = inner;
        }

        table.Members[path[^1]] = value;
        return true;
    }

    // A backslash before blanks escapes the line end behind them; Tomlyn takes it in """ also where no line ends, the decoder does not.
    private static bool HasSoundLineEscapes(StringValueSyntax value)
    {
        var text = value.Token?.Text ?? "";
        if (!text.StartsWith("\"\"\"", StringComparison.Ordinal))
        {
            return true;
        }

        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf('\\', at + 2))
        {
            var rest = text.AsSpan(at + 1).TrimStart(" \t");
            if (text[at + 1] is ' ' or '\t' && !rest.StartsWith("\n") && !rest.StartsWith("\r"))
            {
                return false;
            }
        }

        return true;
    }

    // Tomlyn wraps large hexadecimal numbers around and rounds large floats to infinity; the decoder refuses both.
    private static bool IsInRange(ValueSyntax value) => value switch
    {
        IntegerValueSyntax { Token.Text: { } text } number => number.Value >= 0 || text.StartsWith('-'),
        FloatValueSyntax { Token.Text: { } text } number => !double.IsInfinity(number.Value) || text.EndsWith("inf", StringComparison.Ordinal),
        _ => true,
    };

    private List<string> PathOf(KeySyntax key)
    {
        List<string> path = [NameOf(key.Key)];
        foreach (var dotted in key.DotKeys)
        {
            path.Add(NameOf(dotted.Key));
        }

        return path;
    }

    private string NameOf(BareKeyOrStringValueSyntax? name) => name switch
    {
        StringValueSyntax text => Restore(text.Value),
        BareKeySyntax bare => bare.Key?.Text ?? "",
        _ => "",
    };

    private static int LineOf(SyntaxNode node) => node.Span.Start.Line + 1;

    /// <summary>
    /// Tomlyn 2.10.2 takes U+FFFD for a broken surrogate, though the text may well hold it. It gets a character of the private
    /// use area instead that the text has neither as such nor escaped; a text that has all 6,400 of them keeps its U+FFFD, and is refused.
    /// </summary>
    private static char StandInFor(string text)
    {
        var standIn = Replacement;
        if (text.Contains(Replacement))
        {
            for (standIn = FirstPrivate; standIn <= LastPrivate && Has(text, standIn); standIn++)
            {
            }
        }

        return standIn <= LastPrivate ? standIn : Replacement;

        static bool Has(string text, char c) => text.Contains(c) || text.Contains($"{(int)c:x4}", StringComparison.OrdinalIgnoreCase);
    }

    private string Restore(string? text) => (text ?? "").Replace(_standIn, Replacement);

    // The parser quotes the text it stumbled over, which may be long and hold line ends, tabs and worse.
    private static string OneLine(string message) =>
        string.Create(Math.Min(message.Length, LongestMessage), message, static (line, whole) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(whole[i]) || char.IsSurrogate(whole[i]) || whole[i] is '\u2028' or '\u2029' ? ' ' : whole[i];
            }
        });
}
