using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Kubelet;

namespace FastProvider.Tests.Commands.Generate;

/// <summary>Entries of matchImages against a kubelet's own rule, said as plainly as can be.</summary>
public sealed class ImagePatternTests
{
    private static readonly Gen<string> Label =
        Gen.OneOf(["a", "ab", "b", "*", "a*", "*b", "?", "a?", "[ab]", "[^a]", "[a-c]x", "ax"]);
    private static readonly Gen<string> Name = Gen.OneOf(["a", "ab", "b", "ax", "cx"]);
    private static readonly Gen<string> Port = Gen.OneOf(["", "", ":5000", ":80"]);
    private static readonly Gen<string> Path = Gen.OneOf(["", "", "/a", "/ab", "/a/b", "/a/bc"]);

    private static Gen<string> Text(Gen<string> label) =>
        Gen.Select(label.List[1, 3], Port, Path, (labels, port, path) => string.Join('.', labels) + port + path);

    [Fact]
    public void It_takes_the_images_that_a_kubelet_takes() =>
        Gen.Select(Text(Label), Text(Name)).Sample((pattern, image) =>
            new ImagePattern(pattern).Covers(new ImagePattern(image)) == NaiveMatch(pattern, image), iter: 20_000);

    [Fact]
    public void What_covers_a_pattern_takes_all_its_images_and_meets_it() =>
        Gen.Select(Text(Label), Text(Label), Text(Name)).Sample((outer, inner, image) =>
        {
            var (wide, narrow) = (new ImagePattern(outer), new ImagePattern(inner));
            return !wide.Covers(narrow)
                || (wide.Meets(narrow) && narrow.Meets(wide) && (!NaiveMatch(inner, image) || NaiveMatch(outer, image)));
        }, iter: 50_000);

    [Theory]
    [InlineData("*.io", "docker.io", true)]
    [InlineData("*.io", "registry.docker.io", false)]
    [InlineData("docker.io", "docker.io:443", false)]
    [InlineData("docker.io/lib", "docker.io/library", true)]
    [InlineData("*.example.com", "*.example.com", true)]
    [InlineData("a.example.com", "*.example.com", false)]
    [InlineData("[a", "[a", true)]
    public void Covers_examples(string pattern, string other, bool covers) =>
        Assert.Equal(covers, new ImagePattern(pattern).Covers(new ImagePattern(other)));

    private static bool NaiveMatch(string pattern, string image)
    {
        var (labels, port, path) = Split(pattern);
        var (itsLabels, itsPort, itsPath) = Split(image);
        return port == itsPort && itsPath.StartsWith(path, StringComparison.Ordinal) && labels.Length == itsLabels.Length
            && labels.Zip(itsLabels)
                .All(pair => Regex.IsMatch(pair.Second, $"^{pair.First.Replace("*", ".*").Replace("?", ".")}$"));
    }

    private static (string[] Labels, string Port, string Path) Split(string text)
    {
        var match = Regex.Match(text, "^([^:/]*)(:[0-9]+)?(/.*)?$");
        return (match.Groups[1].Value.Split('.'), match.Groups[2].Value, match.Groups[3].Value);
    }
}
