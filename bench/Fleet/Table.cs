using System.Globalization;
using System.Text;
using FastProvider.Bench.Fleet.Server;

namespace FastProvider.Bench.Fleet;

/// <summary>The figures as Markdown, for docs/scale.md and the terminal.</summary>
internal static class Table
{
    private const string Introduction = """
        # What a fleet costs its API servers

        A simulation, no measurement: `./bench.sh --fleet` makes it anew, each time with the same bytes. The figures that it goes by, with
        their sources, are `bench/Fleet/Costs.cs`. What follows from it, and what it leaves out: [docs/scale.md](../../docs/scale.md).


        """;

    private const string ScenesHead = """
        ## The scenes

        Sums of all API servers. `slowest pod` is the longest time from a pod's first run of the provider until it has its credentials; one of a
        hundred waits longer than `p99`. `last pod` is since the start of the scene.

        | scene | nodes | who | pulls | requests | handshakes | CPU, s | rejected (429) | runs that gave up | p99, s | slowest pod, s | last pod, s |
        |---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|

        """;

    private const string RulesHead = """

        ## Other ways to ask again

        The crash loop of 10,000 nodes once more.

        | who | API servers | after a 429 | requests | handshakes | CPU, s | rejected (429) | runs that gave up | p99, s | slowest pod, s |
        |---|--:|---|--:|--:|--:|--:|--:|--:|--:|

        """;

    private const string BoundsHead = """

        ## What bounds the pulls of one API server

        Pulls a second, each of which is the lower one of two bounds: what a core does, times the cores, and what the seats let through. A
        consistent LIST has its seats for a whole tick of the cache.

        | who | CPU of a pull, ms | of one core | of the seats |
        |---|--:|--:|--:|

        """;

    public static string Write(FleetResults results)
    {
        var text = new StringBuilder(Introduction).Append(ScenesHead);
        foreach (var one in results.Scenes)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {one.Scene.Name} | {one.Nodes:N0} | {one.Contender.Name} | {one.Wanted:N0} | {one.Requests:N0} "
                + $"| {one.Handshakes:N0} | {one.Cpu.TotalSeconds:F1} | {one.Rejected:N0} | {one.FailedRuns:N0} "
                + $"| {Seconds(one.P99Wait)} | {Seconds(one.LongestWait)} | {one.LastAt.TotalSeconds:F1} |\n");
        }

        text.Append(CultureInfo.InvariantCulture,
            $"\nPods without credentials in the end: {results.Scenes.Sum(one => one.Failed):N0}.\n");
        text.Append(RulesHead);
        foreach (var (rule, one) in results.Rules)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {one.Contender.Name} | {one.ApiServers} | {rule.Name} | {one.Requests:N0} | {one.Handshakes:N0} "
                + $"| {one.Cpu.TotalSeconds:F1} | {one.Rejected:N0} | {one.FailedRuns:N0} "
                + $"| {Seconds(one.P99Wait)} | {Seconds(one.LongestWait)} |\n");
        }

        text.Append(BoundsHead);
        foreach (var contender in Contender.All)
        {
            AppendBounds(text, contender);
        }

        return text.ToString();
    }

    /// <summary>Milliseconds count for a pull without trouble.</summary>
    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString(time.TotalSeconds < 1 ? "F3" : "F1", CultureInfo.InvariantCulture);

    private static void AppendBounds(StringBuilder text, Contender contender)
    {
        var requests = contender.Steps.SelectMany(step => step).ToList();
        var cpu = requests.Aggregate(
            contender.HasAgent ? TimeSpan.Zero : Costs.HandshakeCpu, (sum, request) => sum + request.Cpu);
        var seats = ApiServer.SeatsOf(contender.IsNode ? Costs.SystemShares : Costs.WorkloadLowShares);
        var bySeats = 1 / requests.Sum(
            request => (request.Wait(TimeSpan.Zero) + request.Cpu).TotalSeconds / (seats / request.Seats));
        text.Append(CultureInfo.InvariantCulture,
            $"| {contender.Name} | {cpu.TotalMilliseconds:F2} | {1 / cpu.TotalSeconds:N0} | {bySeats:N0} |\n");
    }
}
