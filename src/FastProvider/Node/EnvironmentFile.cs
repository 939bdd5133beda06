using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// A file of variables as systemd takes it apart (systemd.exec(5), EnvironmentFile; systemd, src/basic/env-file.c): quotes at the
/// start of a value may hold line ends, a backslash takes the line end behind it away, and a line end is LF or CR.
/// </summary>
internal static class EnvironmentFile
{
    /// <summary>Sets the variables of a file; the last line of a name counts.</summary>
    public static void Read(string text, Dictionary<string, string> variables)
    {
        var index = 0;
        while (index < text.Length)
        {
            if (IsBlank(text[index]) || IsLineEnd(text[index]))
            {
                index++;
                continue;
            }

            var end = text.AsSpan(index).IndexOfAny('\n', '\r');
            end = end < 0 ? text.Length : index + end;
            var equals = text.IndexOf('=', index, end - index);
            if (text[index] is '#' or ';' || equals <= index)
            {
                index = end;
                continue;
            }

            var name = text[index..equals].TrimEnd();
            index = equals + 1;
            variables[name] = TakeValue(text, ref index);
        }
    }

    private static string TakeValue(string text, ref int index)
    {
        var value = new StringBuilder();
        while (index < text.Length && !IsLineEnd(text[index]))
        {
            if (IsBlank(text[index]))
            {
                index++;
            }
            else if (text[index] is '\'' or '"')
            {
                TakeQuoted(text, ref index, value);
            }
            else
            {
                TakePlain(text, ref index, value);
            }
        }

        return value.ToString();
    }

    /// <summary>Up to the quote that ends it, or to the end of the file.</summary>
    private static void TakeQuoted(string text, ref int index, StringBuilder value)
    {
        var quote = text[index++];
        while (index < text.Length && text[index] != quote)
        {
            if (quote == '"' && text[index] == '\\' && index + 1 < text.Length)
            {
                index++;
                // Others keep their backslash; a line end takes it along.
                value.Append(text[index] is '"' or '\\' or '`' or '$' ? text[index..(index + 1)]
                    : text[index] == '\n' ? "" : $"\\{text[index]}");
            }
            else
            {
                value.Append(text[index]);
            }

            index++;
        }

        index++;
    }

    /// <summary>Up to the end of the line; quotes in it are characters.</summary>
    private static void TakePlain(string text, ref int index, StringBuilder value)
    {
        var kept = value.Length;
        while (index < text.Length && !IsLineEnd(text[index]))
        {
            if (text[index] == '\\' && index + 1 < text.Length)
            {
                index++;
                value.Append(IsLineEnd(text[index]) ? "" : text[index..(index + 1)]);
                kept = value.Length;
            }
            else
            {
                value.Append(text[index]);
                kept = IsBlank(text[index]) ? kept : value.Length;
            }

            index++;
        }

        value.Length = kept;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static bool IsLineEnd(char c) => c is '\n' or '\r';
}
