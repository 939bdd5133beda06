using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// One build that holds all simple mutants of some rooms, each switched on by its number, as a build for each would take days.
/// </summary>
internal sealed partial class SwitchableBuild(MutatedCheckout checkout)
{
    private const int MaxRounds = 40;

    /// <summary>What stands before the number of the active mutant in the binary.</summary>
    private const string Mark = "active-mutant:";

    /// <summary>
    /// Tests set the number in their own process. The binary has it in itself, in a text that <see cref="Activate"/> overwrites:
    /// its environment is what a test wants, it may be copied away from files beside it, and a file to read would be one call
    /// more.
    /// </summary>
    private const string SwitchSource = $$"""
        namespace FastProvider;

        internal static class ActiveMutant
        {
            public static int Number = Find("{{Mark}}00000"u8);

            public static bool Is(int number) => number == Number;

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
            private static int Find(System.ReadOnlySpan<byte> text)
            {
                var number = 0;
                foreach (var digit in text[^5..])
                {
                    number = (10 * number) + digit - '0';
                }

                // Always so, but nothing that the compiler could work out ahead: it would leave the text out.
                return System.Environment.CurrentManagedThreadId > 0 ? number : 0;
            }
        }
        """;

    private readonly Dictionary<string, string> _unchanged = [];
    private readonly Dictionary<string, string> _mutated = [];
    private readonly Dictionary<int, int> _begins = [];
    private readonly Dictionary<int, int> _ends = [];

    /// <summary>Makes a mutant the active one of a binary of this build.</summary>
    /// <param name="binary">A copy of the published binary that nothing runs now.</param>
    /// <param name="number">The mutant; 0 for none.</param>
    public static void Activate(string binary, int number)
    {
        using var file = File.Open(binary, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Mark));
        if (at < 0)
        {
            throw new InvalidOperationException($"{binary} is not of a build that holds mutants");
        }

        file.Position = at + Mark.Length;
        file.Write(Encoding.ASCII.GetBytes(number.ToString("D5", CultureInfo.InvariantCulture)));
    }

    /// <summary>Puts every mutant in that the compiler takes, builds <paramref name="tests"/> and publishes the binary.</summary>
    /// <returns>The mutants that are in the build.</returns>
    /// <exception cref="InvalidOperationException">It does not build even without those that the compiler refuses.</exception>
    public IReadOnlyList<MutationSite> Make(IReadOnlyList<MutationSite> sites, string tests)
    {
        var list = checkout.PathOf("simple-mutants.txt");
        if (File.Exists(list))
        {
            var numbers = File.ReadLines(list).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToHashSet();
            Expect(checkout.Build(tests));
            return [.. sites.Where(site => numbers.Contains(site.Number))];
        }

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
                Expect(checkout.Build(tests));
                Expect(checkout.Publish());
                File.WriteAllLines(list, left.Select(site => site.Number.ToString(CultureInfo.InvariantCulture)));
                return left;
            }

            var before = left;
            left = Without(left, output);
            Console.Error.WriteLine($"the compiler refuses {before.Count - left.Count} of {before.Count} mutants");
        }

        throw new InvalidOperationException($"after {MaxRounds} rounds the compiler still refuses the mutated sources");
    }

    private void Write(string file, IEnumerable<MutationSite> sites)
    {
        var path = checkout.PathOf(file);
        if (!_unchanged.TryGetValue(file, out var source))
        {
            source = File.ReadAllText(Path.Join(checkout.Repository, file));
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
            text.Append(source, from, insert.At - from);
            if (insert.IsStart)
            {
                _begins[insert.Number] = text.Length;
            }

            text.Append(insert.Text);
            _ends[Math.Abs(insert.Number)] = text.Length;
            from = insert.At;
        }

        _mutated[file] = text.Append(source, from, source.Length - from).ToString();
        File.WriteAllText(path, _mutated[file]);
    }

    /// <summary>Drops the mutants that the compiler complains about.</summary>
    private List<MutationSite> Without(IReadOnlyList<MutationSite> sites, string output)
    {
        var dropped = new HashSet<int>();
        foreach (Match error in ErrorAt().Matches(output))
        {
            var here = sites.Where(site => error.Groups["file"].Value.EndsWith(site.File, StringComparison.Ordinal)).ToList();
            if (here.Count > 0)
            {
                dropped.UnionWith(Guilty(here, error).Select(site => site.Number));
            }
        }

        return dropped.Count > 0
            ? [.. sites.Where(site => !dropped.Contains(site.Number))]
            : throw new InvalidOperationException($"the mutated sources do not build: {MutatedCheckout.FirstError(output)}");
    }

    /// <summary>
    /// Which mutants of a file made an error: the innermost around it; or those that mention a variable that is not assigned any
    /// more, as the error is where it is used; or else those of the line, or of the member.
    /// </summary>
    private List<MutationSite> Guilty(List<MutationSite> here, Match error)
    {
        var line = int.Parse(error.Groups["line"].ValueSpan, CultureInfo.InvariantCulture);
        var ofMember = here.Where(site => site.Member.First <= line && line <= site.Member.Last).ToList();
        if (UnassignedVariable().Match(error.Groups["what"].Value) is { Success: true } unassigned)
        {
            var mention = new Regex($@"\b{Regex.Escape(unassigned.Groups[1].Value)}\b");
            var mentioning = ofMember.Where(site => mention.IsMatch(site.What)).ToList();
            return mentioning.Count > 0 ? mentioning : ofMember;
        }

        var at = Offset(_mutated[here[0].File], line, int.Parse(error.Groups["column"].ValueSpan, CultureInfo.InvariantCulture));
        if (here.Where(site => _begins[site.Number] <= at && at < _ends[site.Number])
            .MinBy(site => _ends[site.Number] - _begins[site.Number]) is { } innermost)
        {
            return [innermost];
        }

        var ofLine = here.Where(site => site.Lines.First <= line && line <= site.Lines.Last).ToList();
        return ofLine.Count > 0 ? ofLine : ofMember;
    }

    private static int Offset(string text, int line, int column)
    {
        var at = 0;
        for (var i = 1; i < line; i++)
        {
            at = text.IndexOf('\n', at) + 1;
        }

        return at + column - 1;
    }

    private static void Expect((int ExitCode, string Output) end)
    {
        if (end.ExitCode != 0)
        {
            throw new InvalidOperationException($"the mutated sources do not build: {MutatedCheckout.FirstError(end.Output)}");
        }
    }

    [GeneratedRegex(@"^\s*(?<file>\S+\.cs)\((?<line>\d+),(?<column>\d+)\): error (?<what>.*)$", RegexOptions.Multiline)]
    private static partial Regex ErrorAt();

    [GeneratedRegex(@"^CS(?:0165|0170|0177|0269): [^']*'([^'.]+)")]
    private static partial Regex UnassignedVariable();
}
