using System.Text;

namespace FastProvider.Commands.Generate;

/// <summary>Any text as one word of a format.</summary>
internal static class Quoted
{
    /// <summary>
    /// A scalar of YAML that is a string: plain where it cannot be taken for anything else, else in double quotes.
    /// </summary>
    public static string Yaml(string text)
    {
        var isPlain = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/') && text[^1] != ':' && !IsYamlWord(text);
        foreach (var c in text)
        {
            isPlain &= char.IsAsciiLetterOrDigit(c) || "-._/:@".Contains(c);
        }

        return isPlain ? text : Escaped(text, doubled: '\0');
    }

    /// <summary>The same, always in double quotes.</summary>
    public static string Always(string text) => Escaped(text, doubled: '\0');

    /// <summary>A word of a unit or of tmpfiles.d, where a percent sign begins a specifier.</summary>
    public static string Systemd(string text) => Escaped(text, doubled: '%');

    /// <summary>In double quotes, with the escapes that YAML and systemd have in common with C.</summary>
    private static string Escaped(string text, char doubled)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                quoted.Append("\\u").Append(((int)c).ToString("x4"));
            }
            else
            {
                quoted.Append(c, c == doubled && doubled != '\0' ? 2 : 1);
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>What readers of YAML 1.1 take for a truth value or for nothing.</summary>
    private static bool IsYamlWord(string text) =>
        text.ToLowerInvariant() is "y" or "n" or "yes" or "no" or "on" or "off" or "true" or "false" or "null";
}
