using System.Globalization;

namespace FastProvider.Mutants;

/// <summary>
/// One way to break a law: a text of one source file and what stands there instead. Written as a file of its own,
/// <c>law-N/what-is-broken.mutant</c>: head lines <c>name: value</c>, then the two texts, each after a line of its own.
/// </summary>
/// <param name="Law">The number of the law in docs/security.md.</param>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="What">What is broken, in one line.</param>
/// <param name="SourceFile">Relative to the repository.</param>
/// <param name="Tests">The project and filter of the tests that are to notice.</param>
/// <param name="NeedsBinary">Whether these tests start the published binary.</param>
/// <param name="From">Stands in the source file exactly once.</param>
/// <param name="To">What the mutant has there.</param>
internal sealed record Mutant(
    int Law, string Name, string What, string SourceFile, IReadOnlyList<(string Project, string Filter)> Tests, bool NeedsBinary,
    string From, string To)
{
    private const string FromLine = "--- from\n", ToLine = "--- to\n";

    /// <summary>All mutants of a repository, by law and name.</summary>
    public static IReadOnlyList<Mutant> All(string repository) =>
        [.. Directory.GetFiles(Path.Join(repository, "tests", "Mutants"), "*.mutant", SearchOption.AllDirectories)
            .Select(Read).OrderBy(mutant => mutant.Law).ThenBy(mutant => mutant.Name, StringComparer.Ordinal)];

    /// <exception cref="FormatException">The file has not the form of a mutant.</exception>
    public static Mutant Read(string path)
    {
        var text = File.ReadAllText(path);
        var from = text.IndexOf(FromLine, StringComparison.Ordinal);
        var to = text.IndexOf(ToLine, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new FormatException($"{path} lacks the line \"--- from\" or \"--- to\"");
        }

        var head = text[..from].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2)).ToLookup(pair => pair[0], pair => pair[^1]);
        string One(string name) =>
            head[name].SingleOrDefault() ?? throw new FormatException($"{path} has not one line \"{name}: \"");
        return new Mutant(
            int.Parse(Path.GetFileName(Path.GetDirectoryName(path)!)["law-".Length..], CultureInfo.InvariantCulture),
            Path.GetFileNameWithoutExtension(path),
            One("what"),
            One("file"),
            [.. head["tests"].Select(tests => tests.Split(' ', 2)).Select(pair => (pair[0], pair[1]))],
            One("binary") == "yes",
            WithoutLastLineBreak(text[(from + FromLine.Length)..to]),
            WithoutLastLineBreak(text[(to + ToLine.Length)..]));
    }

    /// <summary>The source with the mutation in it.</summary>
    /// <exception cref="FormatException">What it replaces is not there, or more than once: the source has changed.</exception>
    public string In(string source)
    {
        var at = source.IndexOf(From, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(From, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new FormatException(
                $"{SourceFile} has {(at < 0 ? "not" : "more than once")} what the mutant {Name} of law {Law} replaces");
        }

        return string.Concat(source.AsSpan(0, at), To, source.AsSpan(at + From.Length));
    }

    // That one ends the text in the file; a text that is to end with a line break has two.
    private static string WithoutLastLineBreak(string text) => text.EndsWith('\n') ? text[..^1] : text;
}
