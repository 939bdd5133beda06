using System.Collections.Concurrent;
using System.Globalization;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// Tries the simple mutants of some rooms, or a share of them, against the tests of their room and then against those that
/// start the binary, and prints which survive.
/// </summary>
internal static class SimpleRun
{
    /// <summary>
    /// The tests that are to notice a mutant of a room: first those of the room itself, then what runs whole pulls. Not all
    /// tests, as most know nothing of the room and take minutes.
    /// </summary>
    private static readonly Dictionary<string, string[]> Stages = new()
    {
        ["AuthFile"] = ["FullyQualifiedName~.Tests.AuthFile.|FullyQualifiedName~.Slot.SlotModel|FullyQualifiedName~.Slot.SlotSigns",
            "FullyQualifiedName~.Slot.Sweep|FullyQualifiedName~.Slot.Turn|FullyQualifiedName~.Faults.AuthDirectory|FullyQualifiedName~.EndToEnd.AuthDir"],
        ["Mirrors"] = ["FullyQualifiedName~.Tests.Mirrors.", "FullyQualifiedName~.EndToEnd.HappyPath|FullyQualifiedName~.Faults.Registries"],
        ["Secrets"] = ["FullyQualifiedName~.Tests.Secrets.",
            "FullyQualifiedName~.EndToEnd.Selection|FullyQualifiedName~.EndToEnd.SecretDocument|FullyQualifiedName~WayTests"
            + "|FullyQualifiedName~.EndToEnd.GlobalAuthFile|FullyQualifiedName~.Commands.Explain"],
        ["Transport"] = ["FullyQualifiedName~.Tests.Transport.",
            "FullyQualifiedName~.EndToEnd.Tls|FullyQualifiedName~.EndToEnd.Wire|FullyQualifiedName~.EndToEnd.Api|FullyQualifiedName~.EndToEnd.Server"
            + "|FullyQualifiedName~.EndToEnd.TokenReceiver|FullyQualifiedName~.EndToEnd.HeavyList|FullyQualifiedName~.Node.Proxy"],
    };

    private const string TestProject = "tests/FastProvider.Tests";

    /// <param name="checkout">A copy of the repository.</param>
    /// <param name="rooms">Folders of <c>src/FastProvider</c>; all that have stages if empty.</param>
    /// <param name="count">How many mutants, taken evenly from all; null for all.</param>
    /// <param name="jobs">How many at once.</param>
    /// <returns>How many survived.</returns>
    /// <exception cref="ArgumentException">A room is none whose tests are known.</exception>
    public static int Run(MutatedCheckout checkout, IReadOnlyList<string> rooms, int? count, int jobs)
    {
        rooms = rooms.Count > 0 ? rooms : [.. Stages.Keys.Order(StringComparer.Ordinal)];
        if (rooms.FirstOrDefault(room => !Stages.ContainsKey(room)) is { } unknown)
        {
            throw new ArgumentException($"no tests are known for the room {unknown}; there are {string.Join(", ", Stages.Keys)}");
        }

        var sites = new SwitchableBuild(checkout).Make(SitesOf(checkout, rooms), [TestProject]);
        var chosen = Evenly(sites, count ?? sites.Count);
        Console.WriteLine($"{sites.Count} mutants that compile, {chosen.Count} of them are tried");
        foreach (var room in rooms)
        {
            var unmutated = Switch(checkout, 0, "none");
            if (Stages[room].Select(filter => checkout.Test(TestProject, filter, unmutated))
                .FirstOrDefault(run => run.Outcome is not Outcome.Survived) is { } unchanged)
            {
                throw new InvalidOperationException($"the tests of {room} fail without a mutation: {unchanged.Why}");
            }
        }

        var alive = new ConcurrentQueue<MutationSite>();
        var workers = new ConcurrentQueue<int>(Enumerable.Range(1, jobs));
        Parallel.ForEach(chosen, new ParallelOptions { MaxDegreeOfParallelism = jobs }, site =>
        {
            workers.TryDequeue(out var worker);
            var environment = Switch(checkout, site.Number, worker.ToString(CultureInfo.InvariantCulture));
            if (Stages[RoomOf(site)].All(filter => checkout.Test(TestProject, filter, environment).Outcome is Outcome.Survived))
            {
                alive.Enqueue(site);
            }

            workers.Enqueue(worker);
        });
        foreach (var group in chosen.GroupBy(RoomOf))
        {
            Console.WriteLine($"{group.Key}: {alive.Count(site => RoomOf(site) == group.Key)} of {group.Count()} survived");
        }

        foreach (var site in alive.OrderBy(site => site.Number))
        {
            Console.WriteLine($"survived: {site}");
        }

        return alive.Count;
    }

    private static string RoomOf(MutationSite site) => site.File.Split('/')[2];

    private static List<MutationSite> SitesOf(MutatedCheckout checkout, IReadOnlyList<string> rooms)
    {
        var sites = new List<MutationSite>();
        foreach (var room in rooms)
        {
            foreach (var path in Directory.GetFiles(checkout.PathOf($"src/FastProvider/{room}"), "*.cs").Order(StringComparer.Ordinal))
            {
                sites.AddRange(MutationSites.Of(
                    checkout.PathOf(""), $"src/FastProvider/{room}/{Path.GetFileName(path)}", sites.Count + 1));
            }
        }

        return sites;
    }

    private static List<MutationSite> Evenly(IReadOnlyList<MutationSite> sites, int count) =>
        [.. Enumerable.Range(0, Math.Min(count, sites.Count)).Select(i => sites[(int)((long)i * sites.Count / count)])];

    /// <summary>A binary of its own for each that runs at once, with its number beside it.</summary>
    private static Dictionary<string, string> Switch(MutatedCheckout checkout, int number, string worker)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var binary = checkout.PathOf($"artifacts/mutant-{worker}/fast-provider");
        if (!File.Exists(binary))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(binary)!);
            File.Copy(checkout.PathOf("artifacts/publish/fast-provider"), binary);
        }

        File.WriteAllText($"{binary}.mutant", text);
        return new() { ["FAST_PROVIDER_MUTANT"] = text, ["FAST_PROVIDER_BINARY"] = binary };
    }
}
