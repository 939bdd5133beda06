using FastProvider.Mutants;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Tests.Sources;

/// <summary>No line of our sources is longer than .editorconfig says; what a raw string holds is data.</summary>
public sealed class LineWidthTests
{
    private const int Columns = 130;

    private static readonly string[] Folders = ["src", "tests", "fuzz", "bench", "deploy"];

    [Fact]
    public void No_line_is_longer_than_the_editor_is_told()
    {
        var config = File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"));
        var files = Folders.SelectMany(folder =>
            Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)).ToList();

        Assert.Contains($"max_line_length = {Columns}", config, StringComparison.Ordinal);
        Assert.True(files.Count > 500, $"Only {files.Count} files were found.");
        Assert.Equal([], files.SelectMany(file => TooLong(File.ReadAllText(file))
            .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}:{line}")));
    }

    [Theory]
    [InlineData("var a = 1; // ", true)]
    [InlineData("var a = \"", true)]
    [InlineData("var a = \"\"\"", false)]
    public void Only_what_a_raw_string_holds_may_be_longer(string start, bool isTooLong)
    {
        var quotes = start.TrimEnd('"') is var bare ? start[bare.Length..] : "";
        var text = $"{start}{new string('x', Columns)}{quotes};";

        Assert.Equal(isTooLong ? [1] : [], TooLong(text));
    }

    private static IEnumerable<int> TooLong(string text)
    {
        var lines = text.Split('\n');
        var tooLong = Enumerable.Range(0, lines.Length).Where(i => lines[i].Length > Columns).ToList();
        if (tooLong.Count == 0)
        {
            return [];
        }

        var tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview));
        var raw = tree.GetRoot().DescendantTokens().Where(IsRaw).Select(token => tree.GetLineSpan(token.Span)).ToList();
        return tooLong
            .Where(i => !raw.Any(span => span.StartLinePosition.Line <= i && i <= span.EndLinePosition.Line))
            .Select(i => i + 1);
    }

    private static bool IsRaw(SyntaxToken token) => token.Kind() is
        SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
        or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken
        || (token.Parent?.Parent is InterpolatedStringExpressionSyntax
            {
                StringStartToken.RawKind: (int)SyntaxKind.InterpolatedSingleLineRawStringStartToken
                    or (int)SyntaxKind.InterpolatedMultiLineRawStringStartToken,
            });
}
