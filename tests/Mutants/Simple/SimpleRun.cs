using System.Collections.Concurrent;
using System.Globalization;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// Tries the simple mutants of some rooms, or a share of them, against the tests of their room, and prints which survive.
/// </summary>
internal sealed class SimpleRun
{
    private const int TriesToConfirm = 2;

    private readonly MutatedCheckout _checkout;
    private readonly IReadOnlyList<MutationSite> _sites;

    private SimpleRun(MutatedCheckout checkout)
    {
        _checkout = checkout;
        _sites = new SwitchableBuild(checkout).Make(SitesOf(checkout.Repository), "tests/FastProvider.Tests");
        // It is host of the tests there, and may be newer than what is tested.
        File.Copy(
            typeof(SimpleRun).Assembly.Location,
            checkout.PathOf("artifacts/bin/FastProvider.Tests/debug/FastProvider.Mutants.dll"),
            overwrite: true);
    }

    /// <param name="checkout">A copy of the repository.</param>
    /// <param name="names">Rooms, or numbers of mutants that an earlier run printed; all rooms if empty.</param>
    /// <param name="count">How many mutants of each room, taken evenly from all; null for all.</param>
    /// <param name="jobs">How many at once.</param>
    /// <exception cref="ArgumentException">A name is none of those.</exception>
    /// <exception cref="InvalidOperationException">The tests fail without a mutant.</exception>
    public static void Run(MutatedCheckout checkout, IReadOnlyList<string> names, int? count, int jobs)
    {
        var numbers = names.Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(int.Parse).ToHashSet();
        var rooms = names.Count > 0
            ? names.Where(name => !int.TryParse(name, CultureInfo.InvariantCulture, out _))
            : RoomTests.Stages.Keys;
        if (rooms.FirstOrDefault(room => !RoomTests.Stages.ContainsKey(room)) is { } unknown)
        {
            throw new ArgumentException(
                $"no tests are known for the room {unknown}; there are {string.Join(", ", RoomTests.Stages.Keys)}");
        }

        var run = new SimpleRun(checkout);
        var chosen = run._sites.Where(site => numbers.Contains(site.Number))
            .Concat(rooms.SelectMany(room => Evenly([.. run._sites.Where(site => RoomOf(site) == room)], count))).ToList();
        Console.WriteLine($"{run._sites.Count} mutants that compile, {chosen.Count} of them are tried");
        var alive = chosen;
        for (var stage = 0; alive.Any(site => RoomTests.Stages[RoomOf(site)].Length > stage); stage++)
        {
            alive = run.Try(alive, stage, jobs);
            Print(chosen, alive, stage + 1);
        }

        foreach (var site in alive)
        {
            Console.WriteLine($"survived: {site.Number} {site}");
        }
    }

    /// <summary>
    /// Tries mutants against one stage of their room: the cheap stages first for all, the dear ones for what is left.
    /// </summary>
    /// <returns>Those that survive it.</returns>
    private List<MutationSite> Try(List<MutationSite> alive, int stage, int jobs)
    {
        var stages = alive.Select(RoomOf).Distinct().Where(room => RoomTests.Stages[room].Length > stage)
            .ToDictionary(room => room, room => RoomTests.Stages[room][stage]);
        foreach (var (room, names) in stages)
        {
            TryUnchanged(room, names);
        }

        var killed = new ConcurrentDictionary<MutationSite, bool>();
        var workers = new ConcurrentQueue<int>(Enumerable.Range(1, jobs));
        Parallel.ForEach(
            Partitioner.Create(alive.Where(site => stages.ContainsKey(RoomOf(site))), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = jobs },
            site =>
            {
                workers.TryDequeue(out var worker);
                var began = DateTime.UtcNow;
                var verdict = Confirmed(stages[RoomOf(site)], site.Number, BinaryOf(worker, site.Number));
                Console.Error.WriteLine(
                    $"{(DateTime.UtcNow - began).TotalSeconds,5:F1} s {verdict.Outcome} {site.Number} {site}: {verdict.Why}");
                if (verdict.Outcome is Outcome.Killed)
                {
                    killed[site] = true;
                }

                workers.Enqueue(worker);
            });
        return [.. alive.Where(site => !killed.ContainsKey(site))];
    }

    /// <summary>Without a mutant nothing may fail, or a failure would say nothing.</summary>
    private void TryUnchanged(string room, string[] names)
    {
        var began = DateTime.UtcNow;
        var verdict = Confirmed(names, mutant: 0, BinaryOf(worker: 0, mutant: 0));
        Console.Error.WriteLine($"{room} without a mutant: {verdict.Why} in {(DateTime.UtcNow - began).TotalSeconds:F1} s");
        if (verdict.Outcome is not Outcome.Survived)
        {
            throw new InvalidOperationException($"the tests of {room} fail without a mutant: {verdict.Why}");
        }
    }

    /// <summary>
    /// A test that fails once may have failed for want of time: only one that fails again has noticed the mutant.
    /// </summary>
    private Verdict Confirmed(string[] names, int mutant, string binary)
    {
        var verdict = Run(names, mutant, binary);
        if (verdict.Outcome is not Outcome.Killed)
        {
            return verdict;
        }

        string[] again = verdict.Why.StartsWith("FastProvider.", StringComparison.Ordinal) ? [verdict.Why] : names;
        for (var i = 0; i < TriesToConfirm; i++)
        {
            if (Run(again, mutant, binary).Outcome is Outcome.Killed)
            {
                return verdict;
            }
        }

        return new Verdict(Outcome.Survived, $"{verdict.Why} once, and not again");
    }

    private Verdict Run(string[] stage, int mutant, string binary) => TestRun.Of(_checkout, binary, mutant, stage);

    /// <summary>A binary of its own for each that runs at once, with the mutant active.</summary>
    private string BinaryOf(int worker, int mutant)
    {
        var binary = _checkout.PathOf($"artifacts/mutant-{worker}/fast-provider");
        Directory.CreateDirectory(Path.GetDirectoryName(binary)!);
        File.Copy(_checkout.PathOf("artifacts/publish/fast-provider"), binary, overwrite: true);
        SwitchableBuild.Activate(binary, mutant);
        return binary;
    }

    private static void Print(IReadOnlyList<MutationSite> chosen, IReadOnlyList<MutationSite> alive, int stages)
    {
        foreach (var group in chosen.GroupBy(RoomOf))
        {
            Console.WriteLine(
                $"{group.Key}: {alive.Count(site => RoomOf(site) == group.Key)} of {group.Count()} survived {stages} stages");
        }
    }

    private static string RoomOf(MutationSite site) => site.File.Split('/')[2];

    /// <summary>All of them, whichever rooms are asked for, so that each has its number.</summary>
    private static List<MutationSite> SitesOf(string repository)
    {
        var sites = new List<MutationSite>();
        foreach (var room in RoomTests.Stages.Keys)
        {
            foreach (var path in Directory.GetFiles(Path.Join(repository, $"src/FastProvider/{room}"), "*.cs")
                .Order(StringComparer.Ordinal))
            {
                sites.AddRange(MutationSites.Of(
                    repository, $"src/FastProvider/{room}/{Path.GetFileName(path)}", sites.Count + 1));
            }
        }

        return sites;
    }

    private static IEnumerable<MutationSite> Evenly(IReadOnlyList<MutationSite> sites, int? count)
    {
        var taken = Math.Min(count ?? sites.Count, sites.Count);
        return Enumerable.Range(0, taken).Select(i => sites[(int)((long)i * sites.Count / taken)]);
    }
}
