using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// One build that holds all simple mutants of some rooms, each switched on by its number, as a build for each would take days.
/// </summary>
internal sealed partial class SwitchableBuild(MutatedCheckout checkout)
{
    private const int MaxRounds = 15;

    /// <summary>
    /// The variable reaches the tests; the plugin that they start gets no variable of theirs, so it looks into a file beside itself.
    /// </summary>
    private const string SwitchSource = """
        namespace FastProvider;

        internal static class ActiveMutant
        {
            private static readonly int Number = Find();

            public static bool Is(int number) => number == Number;

            private static int Find()
            {
                var text = System.Environment.GetEnvironmentVariable("FAST_PROVIDER_MUTANT");
                var file = System.Environment.ProcessPath + ".mutant";
                text ??= System.IO.File.Exists(file) ? System.IO.File.ReadAllText(file) : "0";
                return int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            }
        }
        """;

    private readonly Dictionary<string, string> _unchanged = [];

    /// <summary>Puts every mutant in that the compiler takes, builds <paramref name="projects"/> and publishes the binary.</summary>
    /// <returns>The mutants that are in the build.</returns>
    /// <exception cref="InvalidOperationException">It does not build even without those that the compiler refuses.</exception>
    public IReadOnlyList<MutationSite> Make(IReadOnlyList<MutationSite> sites, IReadOnlyList<string> projects)
    {
        File.WriteAllText(checkout.PathOf("src/FastProvider/ActiveMutant.cs"), SwitchSource);
        var left = sites;
        for (var round = 0; round < MaxRounds; round++)
        {
            foreach (var file in sites.Select(site => site.File).Distinct())
            {
                Write(file, left.Where(site => site.File == file));
            }

            var (exitCode, output) = checkout.Build("src/FastProvider");
            if (exitCode == 0)
            {
                foreach (var project in projects)
                {
                    Expect(checkout.Build(project));
                }

                Expect(checkout.Publish());
                return left;
            }

            left = Without(left, output);
        }

        throw new InvalidOperationException($"after {MaxRounds} rounds the compiler still refuses the mutated sources");
    }

    private void Write(string file, IEnumerable<MutationSite> sites)
    {
        var path = checkout.PathOf(file);
        if (!_unchanged.TryGetValue(file, out var source))
        {
            source = File.ReadAllText(path);
            _unchanged.Add(file, source);
        }

        // What is put at one place nests: the longest piece begins first and ends last, of two equal ones the first.
        var inserts = new List<(int At, bool IsStart, int Length, int Number, string Text)>();
        foreach (var site in sites)
        {
            var length = site.End - site.Start;
            inserts.Add((site.Start, true, -length, site.Number, site.Before));
            inserts.Add((site.End, false, length, -site.Number, site.Behind));
        }

        var text = new StringBuilder();
        var from = 0;
        foreach (var insert in inserts.OrderBy(i => i.At).ThenBy(i => i.IsStart).ThenBy(i => i.Length).ThenBy(i => i.Number))
        {
            text.Append(source, from, insert.At - from).Append(insert.Text);
            from = insert.At;
        }

        File.WriteAllText(path, text.Append(source, from, source.Length - from).ToString());
    }

    /// <summary>
    /// Drops the mutants of the lines that the compiler complains about. A variable that a mutant left unassigned is complained
    /// about where it is used, so without a mutant on the line those of the whole member go.
    /// </summary>
    private static List<MutationSite> Without(IReadOnlyList<MutationSite> sites, string output)
    {
        var errors = ErrorAt().Matches(output)
            .Select(match => (File: match.Groups[1].Value, Line: int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
            .Distinct().ToList();
        var dropped = new HashSet<int>();
        foreach (var (file, line) in errors)
        {
            var here = sites.Where(site => file.EndsWith(site.File, StringComparison.Ordinal)).ToList();
            var onLine = here.Where(site => site.Lines.First <= line && line <= site.Lines.Last).ToList();
            var guilty = onLine.Count > 0 ? onLine : [.. here.Where(site => site.Member.First <= line && line <= site.Member.Last)];
            dropped.UnionWith(guilty.Select(site => site.Number));
        }

        return dropped.Count > 0
            ? [.. sites.Where(site => !dropped.Contains(site.Number))]
            : throw new InvalidOperationException($"the mutated sources do not build: {MutatedCheckout.FirstError(output)}");
    }

    private static void Expect((int ExitCode, string Output) end)
    {
        if (end.ExitCode != 0)
        {
            throw new InvalidOperationException($"the mutated sources do not build: {MutatedCheckout.FirstError(end.Output)}");
        }
    }

    [GeneratedRegex(@"^\s*(\S+\.cs)\((\d+),\d+\): error ", RegexOptions.Multiline)]
    private static partial Regex ErrorAt();
}
