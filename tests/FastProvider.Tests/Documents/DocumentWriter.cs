using System.Text;

namespace FastProvider.Tests.Documents;

/// <summary>Writes YAML of every style that is read, with the dice's choices, taken round and round.</summary>
internal sealed class DocumentWriter(int[] dice)
{
    private static readonly string[] Words =
        ["a", "it's", "docker.io:443/x", "b#c", "-1", "true", "two words", "x-y", "https://h/p?q=1", "\u00e9"];

    private readonly StringBuilder _text = new();
    private int _at;

    public string Write()
    {
        var count = 1 + Choose(3);
        for (var number = 0; number < count; number++)
        {
            _text.Append(
                number == 0 ? Choose("", "---\n", "# c\n--- # c\n") : Choose("---\n", "...\n---\n", "--- # c\n\n", "---\n---\n"));
            BlockMapping(0, 0);
        }

        var text = _text.ToString();
        return Choose(4) == 0 ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }

    private int Choose(int count) => dice[_at++ % dice.Length] / 7 % count;

    private string Choose(params string[] texts) => texts[Choose(texts.Length)];

    private void BlockMapping(int indent, int level)
    {
        var count = 1 + Choose(4);
        for (var number = 0; number < count; number++)
        {
            if (number > 0)
            {
                _text.Append(' ', indent);
            }

            _text.Append(Choose($"k{number}", $"'k {number}'", $"\"k\\x41{number}\"", $"k{number} ")).Append(':');
            Value(indent, level, isKey: true);
        }
    }

    private void BlockSequence(int indent, int level)
    {
        var count = 1 + Choose(3);
        for (var number = 0; number < count; number++)
        {
            _text.Append(' ', indent).Append('-');
            if (level < 4 && Choose(3) == 0)
            {
                _text.Append(' ');
                BlockMapping(indent + 2, level + 1);
            }
            else
            {
                Value(indent, level, isKey: false);
            }
        }
    }

    // Ends its line.
    private void Value(int indent, int level, bool isKey)
    {
        var deeper = indent + 1 + Choose(3);
        switch (Choose(level < 4 ? 8 : 5))
        {
            case 0:
                BlockScalar(deeper, isKey || indent > 0 ? deeper - indent : deeper);
                break;
            case 1:
                Flow(indent, 0);
                EndLine();
                break;
            case 2:
                Lines(deeper);
                break;
            case 3:
                _text.Append(Choose("", " ~", " null"));
                EndLine();
                break;
            case 4:
                _text.Append(' ').Append(Word());
                EndLine();
                break;
            case 5 or 6:
                EndLine();
                _text.Append(' ', deeper);
                BlockMapping(deeper, level + 1);
                break;
            default:
                EndLine();
                BlockSequence(isKey ? indent + Choose(3) : deeper, level + 1);
                break;
        }
    }

    private string Word()
    {
        var word = Words[Choose(Words.Length)];
        return Choose(4) switch
        {
            0 => $"'{word.Replace("'", "''", StringComparison.Ordinal)}'",
            1 => $"\"{word}\"",
            2 => $"\"{word.Replace("a", "\\u0061", StringComparison.Ordinal)}\\n\"",
            _ => word,
        };
    }

    /// <summary>A plain or quoted text over lines.</summary>
    private void Lines(int indent)
    {
        var (open, close) = Choose(3) switch { 0 => ("'", "'"), 1 => ("\"", "\""), _ => ("", "") };
        _text.Append(Choose(3) == 0 ? $"\n{new string(' ', indent)}" : " ").Append(open).Append("one");
        for (var count = 1 + Choose(3); count > 0; count--)
        {
            _text.Append(open == "\"" ? Choose("\\", "  ", "") : Choose("", " "));
            _text.Append('\n').Append(Choose("", "", "\n", "\n\n")).Append(' ', indent + Choose(2))
                .Append(Choose("two", "- x", "three four", "a:b"));
        }

        _text.Append(close);
        EndLine();
    }

    private void BlockScalar(int indent, int indicator)
    {
        var hasIndicator = Choose(3) == 0;
        _text.Append(Choose(" |", " >", "  |", " >")).Append(hasIndicator ? $"{indicator}" : "").Append(Choose("", "-", "+"));
        EndLine();
        _text.Append(Choose("", "", "\n", "\n\n"));
        for (var count = Choose(5); count > 0; count--)
        {
            // The first line gives the indentation, if the header does not.
            _text.Append(' ', indent);
            _text.Append(hasIndicator || count < 4 && _text[^1] == 'x' ? Choose("  ", "") : "");
            _text.Append(Choose("text", "# text", "- x", "k: v", "{\"auths\": {}}", "\u00e9")).Append(Choose("", " "));
            _text.Append('\n').Append(Choose("", "", "", "\n", "\n\n"));
        }
    }

    private void Flow(int indent, int level)
    {
        var isMapping = Choose(2) == 0;
        _text.Append(level == 0 ? " " : "").Append(isMapping ? '{' : '[');
        Gap(indent);
        var count = Choose(4);
        for (var number = 0; number < count; number++)
        {
            if (isMapping)
            {
                _text.Append(Choose($"k{number}: ", $"'k{number}':", $"\"k{number}\" : ", $"k{number}: "));
            }

            if (level < 4 && Choose(3) == 0)
            {
                Flow(indent, level + 1);
            }
            else
            {
                _text.Append(Word());
            }

            Gap(indent);
            if (number + 1 < count || Choose(4) == 0)
            {
                _text.Append(',');
                Gap(indent);
            }
        }

        if (Choose(4) == 0)
        {
            _text.Append('\n').Append(' ', indent);
        }

        _text.Append(isMapping ? '}' : ']');
    }

    private void Gap(int indent)
    {
        switch (Choose(6))
        {
            case 0:
                _text.Append(Choose("", " # c, ]")).Append('\n').Append(Choose("", "\n", "   # c\n"))
                    .Append(' ', indent + 1 + Choose(3));
                break;
            case 1:
                _text.Append(' ');
                break;
        }
    }

    private void EndLine() => _text.Append(Choose("", "", " # c", "  ")).Append('\n');
}
