using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// The first answer of a server by the grammar of RFC 9112 and nothing beside it, with regular expressions. What the grammar does
/// not know is no answer here, though a reader may be more patient.
/// </summary>
internal static partial class HttpModel
{
    /// <returns>"STATUS BODY\n", or null for what is not in the grammar, not whole, or longer than any reader's buffer.</returns>
    public static string? Read(string text, bool saysGoodbye)
    {
        if (Head().Match(text) is not { Success: true, Length: < 8000 } head)
        {
            return null;
        }

        var status = int.Parse(head.Groups["status"].ValueSpan, CultureInfo.InvariantCulture);
        var lengths = Values(head, "content-length");
        var codings = Values(head, "transfer-encoding");
        // An interim answer is followed by another; codings together with a length, or in HTTP/1.0, are refused by the wary.
        var isDoubtful = codings.Count > 0 && (lengths.Count > 0 || text[7] == '0');
        if (status < 200 || lengths.Count > 1 || codings.Count > 1 || isDoubtful)
        {
            return null;
        }

        var rest = text[head.Length..];
        if (status is 204 or 304)
        {
            // Such an answer has no body to frame.
            return codings.Count + lengths.Count == 0 ? $"{status} \n" : null;
        }

        if (codings.Count > 0)
        {
            return codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase) && Chunks(rest) is { } body
                ? $"{status} {body}\n"
                : null;
        }

        if (lengths.Count == 0)
        {
            return saysGoodbye ? $"{status} {rest}\n" : null;
        }

        return lengths[0].Length is > 0 and <= 9 && lengths[0].All(char.IsAsciiDigit)
            && int.Parse(lengths[0], CultureInfo.InvariantCulture) is var length && length <= rest.Length
                ? $"{status} {rest[..length]}\n"
                : null;
    }

    /// <summary>
    /// Whether a head (without its empty line) has what other readers frame differently: a version of its own, a line that folds
    /// or ends early, a length with a sign, its own or that of the first chunk.
    /// </summary>
    public static bool IsTreacherous(string head, string rest)
    {
        var lines = head.Split('\n');
        return !Version().IsMatch(lines[0])
            || lines.Skip(1).Any(line => line.Trim('\r').Length == 0 || line[0] is ' ' or '\t' || SignedLength().IsMatch(line))
            || (lines.Any(line => Chunked().IsMatch(line)) && rest is ['+' or '-', ..]);
    }

    private static List<string> Values(Match head, string name) =>
        [.. head.Groups["name"].Captures.Zip(head.Groups["value"].Captures)
            .Where(field => field.First.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(field => field.Second.Value.Trim(' ', '\t'))];

    private static string? Chunks(string text)
    {
        var body = new StringBuilder();
        while (ChunkSize().Match(text) is { Success: true, Length: < 8000 } line)
        {
            var size = int.Parse(line.Groups["size"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            text = text[line.Length..];
            if (size == 0)
            {
                return Trailers().Match(text) is { Success: true, Length: < 8000 } ? body.ToString() : null;
            }

            if (text.Length < size + 2 || text.AsSpan(size, 2) is not "\r\n")
            {
                return null;
            }

            body.Append(text, 0, size);
            text = text[(size + 2)..];
        }

        return null;
    }

    private const string Field = @"(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):(?<value>[\t\x20-\x7e\x80-\xff]*)\r\n";

    [GeneratedRegex($@"\AHTTP/1\.[01]\x20(?<status>[1-9][0-9][0-9])\x20[\t\x20-\x7e\x80-\xff]*\r\n(?:{Field})*\r\n")]
    private static partial Regex Head();

    [GeneratedRegex(@"\A0*(?<size>[0-9A-Fa-f]{1,6})(?:;[\t\x20-\x7e]*)?\r\n")]
    private static partial Regex ChunkSize();

    [GeneratedRegex($@"\A(?:{Field})*\r\n")]
    private static partial Regex Trailers();

    [GeneratedRegex(@"\Atransfer-encoding:[\t\x20]*chunked", RegexOptions.IgnoreCase)]
    private static partial Regex Chunked();

    [GeneratedRegex(@"\AHTTP/1\.[0-9]\x20")]
    private static partial Regex Version();

    [GeneratedRegex(@"\Acontent-length:[\t\x20]*[+-]", RegexOptions.IgnoreCase)]
    private static partial Regex SignedLength();
}
