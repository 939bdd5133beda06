using System.Text;
using System.Text.Unicode;
using CsCheck;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>Whatever the document, our reader finds the tree that YamlDotNet finds, or refuses with a line.</summary>
public sealed class YamlDifferenceTests
{
    // Most pieces of a document at random are refused; these make many that are read, in all styles.
    private static readonly string[] Pieces =
    [
        "a: ", "b: ", "c:", "- ", "- - ", "\n", "\n", "\n  ", "\n    ", "\n\n", "\n \n", " ", "  ", "x", "one two", "y: z", "'q'", "\"d\"", "'",
        "\"", "\\\n", "''", "\\t", "\\x41", "|\n", "|-\n", "|+\n", ">\n", ">-\n", ">+\n", "|2\n", ">1-\n", "[", "]", "{", "}", ", ", ",", ": ",
        ":", "[a, b]", "{k: v}", "{\"k\":v}", "[\n", "\n]", " # c\n", "#", "\n# c\n", "---\n", "...\n", "\n---\n", "~", "null", "\t", "http://h:1",
        "-1", "?", "&", "*", "!", "%", "<<: ", "é", "\r\n",
    ];

    [Fact]
    public void Pieces_at_random() =>
        Gen.OneOf(Pieces).Array[1, 14].Select(string.Concat).Sample(Compare, iter: 100_000);

    [Fact]
    public void Documents_of_every_style()
    {
        var compared = 0;
        Gen.Int[0, 1_000_000].Array[20, 200].Sample(
            dice =>
            {
                var (yaml, isRead) = (new DocumentWriter(dice).Write(), 0);
                Assert.Null(DocumentReader.ReadAll(Encoding.UTF8.GetBytes(yaml), "/k", out _)?.Message);
                Compare(yaml, ref isRead);
                Interlocked.Add(ref compared, isRead);
            },
            iter: 5000);
        Assert.True(compared > 4000, $"YamlDotNet read only {compared} documents.");
    }

    [Fact]
    public void Mangled_documents() =>
        Gen.Int[0, 1_000_000].Array[20, 200].SelectMany(dice => Mangled.Of(new DocumentWriter(dice).Write()))
            .Where(bytes => Utf8.IsValid(bytes)).Select(Encoding.UTF8.GetString).Sample(Compare, iter: 20_000);

    [Fact]
    public void Long_documents_take_time_in_proportion()
    {
        // Work in the square of the length would take minutes.
        foreach (var piece in new[] { "a,", "'a',", "[],", "\"a", "a ", "a\n ", "a: ", "\\\n", "- ", "{a: b}\n", "|\n", "--- \n", "'a\n\n  ", "#\n" })
        {
            foreach (var start in new[] { "a: [", "a: ", "- ", "a: \"", "", "a: >\n  " })
            {
                var text = start + string.Concat(Enumerable.Repeat(piece, 400_000 / piece.Length));
                DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/k", out _);
            }
        }

        var keys = string.Concat(Enumerable.Range(0, 100_000).Select(number => $"k{number}: v\n"));
        Assert.Null(DocumentReader.ReadAll(Encoding.UTF8.GetBytes(keys), "/k", out _));
    }

    private static void Compare(string yaml)
    {
        var isRead = 0;
        Compare(yaml, ref isRead);
    }

    private static void Compare(string yaml, ref int isRead)
    {
        if (yaml.AsSpan().TrimStart(" \t\r\n").StartsWith("{"))
        {
            // JSON.
            yaml = $"a: {yaml}";
        }

        var failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes(yaml), "/k", out var roots);
        if (failure is not null)
        {
            Assert.Matches("^/k line [0-9]+: [^\n]*$", failure.Message);
        }
        else if (YamlModel.Parse(yaml) is { } model)
        {
            isRead++;
            Assert.True(YamlModel.IsSame(roots, model) || YamlModel.Minds(yaml), $"{roots.Count} documents of ours are not {model.Count} of YamlDotNet's.");
        }
        else
        {
            Assert.True(YamlModel.Minds(yaml), "What YamlDotNet refuses is read.");
        }
    }
}
