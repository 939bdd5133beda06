using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>
/// Pulls at an API server whose objects are written all the time: how long the phase <c>secrets</c> takes, as the plugin says
/// it in its line, where the watch cache serves and where the store must be asked. In turn, and each at any time between two
/// ticks.
/// </summary>
internal static partial class BusyServer
{
    private const double ReachMs = 10, BusyFromMs = 90;

    /// <summary>Prints and writes the table, and below it what of the reach is met.</summary>
    /// <exception cref="SceneException">A pull did not do its job.</exception>
    public static void Measure(LauncherOptions options)
    {
        using var node = new NodeScene(options.Port, options.BusyTickMs);
        var plugin = Repository.Existing(
            Repository.Plugin, "dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish");
        List<Pulls> all =
        [
            new("cache", "two LISTs with resourceVersion=0, which serve", node.Mirrored(plugin, 3), IsServed: true),
            new("store", "the same, which have nothing, and then two consistent ones", node.Mirrored(plugin, 0), IsServed: false),
        ];
        all.AddRange(options.Builds.Select(build => new Pulls(
            build.Name, "another build: what it asks, which serves", node.Mirrored(build.Binary, 3), IsServed: true)));
        for (var round = -options.Warmup; round < options.Rounds; round++)
        {
            foreach (var pulls in all)
            {
                node.TakeAuthFile();
                // Else each run would start where the one before ended: at a tick.
                Thread.Sleep(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * options.BusyTickMs));
                var took = SecretsMs(pulls, options.CpuMask);
                if (round >= 0)
                {
                    pulls.SecretsMs.Add(took);
                }
            }
        }

        var table = Table(all, options);
        Directory.CreateDirectory(options.Out);
        File.WriteAllText(Path.Join(options.Out, "busy-server.md"), table);
        Console.WriteLine(table);
    }

    private static double SecretsMs(Pulls pulls, ulong cpuMask)
    {
        var mask = cpuMask.ToString("x", CultureInfo.InvariantCulture);
        var (_, line) = Programs.Run(["/usr/bin/taskset", mask, .. pulls.Command.Words], pulls.Command.StandardInput);
        var phase = SecretsPhase().Match(line);
        return phase.Success && line.StartsWith("Wrote auth file", StringComparison.Ordinal) == pulls.IsServed
            ? double.Parse(phase.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new SceneException($"{pulls.Name} does not do its job, so its time means nothing");
    }

    private static string Table(List<Pulls> all, LauncherOptions options)
    {
        var text = new StringBuilder("# Pulls at a busy API server\n\n");
        text.Append(Machine.Read().ToMarkdown()).Append('\n').Append(CultureInfo.InvariantCulture,
            $"""
            - {options.Rounds} rounds in turn after {options.Warmup} of warm-up; ticks of {options.BusyTickMs} ms

            The phase `secrets` of whole pulls in ms, as the plugin itself says it: TCP connection, TLS handshake, LISTs, reading.
            The API server is the one of the tests (loopback, TLS 1.3), where a consistent LIST waits for the next tick. That stands
            for what was seen of a real one, and is none.

            | who | what is asked | p50 | p90 | p99 | max |
            |---|---|--:|--:|--:|--:|

            """);
        foreach (var pulls in all)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| `{pulls.Name}` | {pulls.Asked} | {pulls.Quantile(0.5):F2} | {pulls.Quantile(0.9):F2} | "
                    + $"{pulls.Quantile(0.99):F2} | {pulls.Quantile(1):F2} |\n");
        }

        var (cache, store) = (all[0].Quantile(0.99), all[1].Quantile(0.9));
        return text.Append(CultureInfo.InvariantCulture,
            $"\nReach: p99 of `cache` at most {ReachMs} ms ({(cache <= ReachMs ? "met" : "not met")}), where p90 of `store`"
                + $" is at least {BusyFromMs} ms ({(store >= BusyFromMs ? "it is" : "it is not, so this says nothing")}).\n")
            .ToString();
    }

    [GeneratedRegex(@", secrets (\d+\.\d+) ms,")]
    private static partial Regex SecretsPhase();

    /// <summary>One kind of pull, and how long its Secrets took in each round.</summary>
    private sealed record Pulls(string Name, string Asked, Command Command, bool IsServed)
    {
        public List<double> SecretsMs { get; } = [];

        /// <summary>The value that this share of all does not exceed (nearest rank).</summary>
        public double Quantile(double share) =>
            SecretsMs.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * SecretsMs.Count) - 1));
    }
}
