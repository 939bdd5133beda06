using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Commands.Generate;

/// <summary>
/// Values for the places <c>$(name)</c> of texts. The texts are UTF-8 literals: those stay in the file until they are read, where
/// strings are made at each start of the program, also for a pull.
/// </summary>
internal sealed class Template
{
    private readonly List<string> _names = [];
    private readonly List<string> _values = [];

    /// <summary>The value of a name from now on.</summary>
    public Template Set(string name, string value)
    {
        _names.Add(name);
        _values.Add(value);
        return this;
    }

    /// <summary>The text with its values; where a value stands alone on its line and is empty, the line goes.</summary>
    public string Fill(ReadOnlySpan<byte> text)
    {
        var filled = new StringBuilder();
        var rest = Encoding.UTF8.GetString(text);
        while (rest.IndexOf("$(", StringComparison.Ordinal) is var start and >= 0)
        {
            var end = rest.IndexOf(')', start);
            var value = _values[_names.LastIndexOf(rest[(start + 2)..end])];
            filled.Append(rest, 0, start).Append(value);
            var takesLine = value.Length == 0 && (filled.Length == 0 || filled[^1] == '\n')
                && rest.AsSpan(end + 1).StartsWith("\n");
            rest = rest[(end + (takesLine ? 2 : 1))..];
        }

        return filled.Append(rest).ToString();
    }
}
