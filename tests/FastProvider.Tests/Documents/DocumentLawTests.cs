using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CsCheck;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>
/// What holds of every document: no exception, one line that names the path, work in proportion, and one tree whatever the form.
/// </summary>
public sealed class DocumentLawTests
{
    // Most pieces of a document at random are refused; these make many that are read, in all styles.
    private static readonly string[] Pieces =
    [
        "a: ", "b: ", "c:", "- ", "- - ", "\n", "\n", "\n  ", "\n    ", "\n\n", "\n \n", " ", "  ", "x", "one two", "y: z", "'q'",
        "\"d\"", "'", "\"", "\\\n", "''", "\\t", "\\x41", "|\n", "|-\n", "|+\n", ">\n", ">-\n", ">+\n", "|2\n", ">1-\n", "[", "]",
        "{", "}", ", ", ",", ": ", ":", "[a, b]", "{k: v}", "{\"k\":v}", "[\n", "\n]", " # c\n", "#", "\n# c\n", "---\n", "...\n",
        "\n---\n", "~", "null", "\t", "http://h:1", "-1", "?", "? ", "&x ", "*x", "&", "*", "!", "!!int ", "!t ", "!<", "%",
        "%YAML 1.1\n", "<<: ", "é", "\r\n", "\u2028", "\ufeff",
    ];

    private static Gen<object?> Leaf => Gen.OneOf<object?>(
        Gen.String[Gen.Char[" \t:-#'\"\\{}[]|>&!?a1~,x\u00e9\n"], 0, 20].Select(text => (object?)text),
        Gen.Int.Select(number => (object?)number),
        Gen.Bool.Select(truth => (object?)truth), Gen.Const((object?)null));

    [Fact]
    public void Pieces_at_random() => Gen.OneOf(Pieces).Array[1, 14].Select(string.Concat).Sample(IsReadOrRefused, iter: 100_000);

    [Fact]
    public void Documents_of_every_style_are_read() => Gen.Int[0, 1_000_000].Array[20, 200].Sample(
        dice => Assert.Null(
            DocumentReader.ReadAll(Encoding.UTF8.GetBytes(new DocumentWriter(dice).Write()), "/k", out _)?.Message),
        iter: 5000);

    [Fact]
    public void Mangled_documents() =>
        Gen.Int[0, 1_000_000].Array[20, 200].SelectMany(dice => Mangled.Of(new DocumentWriter(dice).Write()))
            .Where(bytes => Utf8.IsValid(bytes)).Select(Encoding.UTF8.GetString).Sample(IsReadOrRefused, iter: 20_000);

    [Fact]
    public void One_tree_is_the_same_as_JSON_as_a_flow_of_YAML_and_as_blocks() => Value(4).Sample(
        value =>
        {
            var json = JsonSerializer.Serialize(value);
            var expected = DocumentJson.Of(Read($"{{\"root\":{json}}}"));
            Assert.Equal(expected, DocumentJson.Of(Read($"---\n\"root\": {json}\n")));
            var blocks = new StringBuilder("root:");
            WriteBlock(value, 0, 0, blocks);
            Assert.Equal(expected, DocumentJson.Of(Read(blocks.ToString())));
        }, iter: 3000);

    [Fact]
    public void Long_documents_take_time_in_proportion()
    {
        // Work in the square of the length would take minutes.
        foreach (var piece in new[]
        {
            "a,", "'a',", "[],", "\"a", "a ", "a\n ", "a: ", "\\\n", "- ", "{a: b}\n", "|\n", "--- \n", "'a\n\n  ", "#\n", "[",
            "&a ", "k: |\n  \n"
        })
        {
            foreach (var start in new[] { "a: [", "a: ", "- ", "a: \"", "", "a: >\n  ", "a: [\n" })
            {
                var text = start + string.Concat(Enumerable.Repeat(piece, 400_000 / piece.Length));
                DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/k", out _);
            }
        }

        var keys = string.Concat(Enumerable.Range(0, 100_000).Select(number => $"k{number}: v\n"));
        Assert.Null(DocumentReader.ReadAll(Encoding.UTF8.GetBytes(keys), "/k", out _));
    }

    private static bool IsKey(string text) => !text.Any(char.IsControl);

    private static DocumentNode Read(string text)
    {
        var root = Reading.One(Encoding.UTF8.GetBytes(text));
        return root;
    }

    // Goes on behind a dash or a colon and ends the line, in the styles that need no escapes where that can be.
    private static void WriteBlock(object? value, int indent, int parentIndent, StringBuilder text)
    {
        switch (value)
        {
            case List<object?> { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                {
                    text.Append(' ', indent).Append('-');
                    WriteBlock(item, indent + 1, indent, text);
                }

                break;
            case Dictionary<string, object?> { Count: > 0 } members:
                text.Append('\n');
                foreach (var (key, member) in members)
                {
                    text.Append(' ', indent + 1).Append('\'')
                        .Append(key.Replace("'", "''", StringComparison.Ordinal)).Append("':");
                    WriteBlock(member, indent + 1, indent + 1, text);
                }

                break;
            case string lines when lines.Contains('\n', StringComparison.Ordinal) && lines.Split('\n')[0].Trim().Length > 0:
                text.Append(" |2").Append(lines.EndsWith('\n') ? "+\n" : "-\n");
                foreach (var line in (lines.EndsWith('\n') ? lines[..^1] : lines).Split('\n'))
                {
                    text.Append(' ', parentIndent + 2).Append(line).Append('\n');
                }

                break;
            default:
                text.Append(' ').Append(JsonSerializer.Serialize(value)).Append('\n');
                break;
        }
    }

    private static Gen<object?> Value(int levels) => levels == 0 ? Leaf : Gen.OneOf(
        Leaf, Value(levels - 1).List[0, 4].Select(items => (object?)items),
        Gen.Dictionary(Gen.String[Gen.Char[' ', '\u02ff'], 0, 12].Where(IsKey), Value(levels - 1))[0, 4]
            .Select(members => (object?)members));

    private static void IsReadOrRefused(string yaml)
    {
        foreach (var failure in new[]
        {
            DocumentReader.ReadOne(Encoding.UTF8.GetBytes(yaml), "/k").Failure,
            DocumentReader.ReadOne(Encoding.UTF8.GetBytes(yaml), "/k", isStrict: true).Failure,
            DocumentReader.ReadAll(Encoding.UTF8.GetBytes(yaml), "/k", out _),
        })
        {
            Assert.Matches(new Regex("^/k( line [0-9]+)?: [^\n]*$"), failure?.Message ?? "/k: read");
        }
    }
}
