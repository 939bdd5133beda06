using System.Globalization;
using BenchmarkDotNet.Running;
using FastProvider.Bench;
using FastProvider.Bench.Report;
using FastProvider.Bench.Scene;
using FastProvider.Bench.Stages;

const string Usage = """
    usage: FastProvider.Bench stages [--short] [--out DIRECTORY] [BenchmarkDotNet's arguments, such as --filter *Claims*]
           FastProvider.Bench allocations [--inject OPERATION]
           FastProvider.Bench agent BINARY [--out DIRECTORY] [PULLS]
    """;
switch (args)
{
    case ["allocations"]:
        AllocationProbe.Run(injectInto: null);
        return 0;
    case ["allocations", "--inject", var operation]:
        AllocationProbe.Run(operation);
        return 0;
    case ["agent", var binary, .. var more]:
        var results = Repository.Baselines("results");
        if (more is ["--out", var chosen, .. var left])
        {
            (results, more) = (chosen, left);
        }

        using (var node = new NodeScene())
        {
            var page = new AgentWork(node, Path.GetFullPath(binary))
                .Run(more is [var pulls] ? int.Parse(pulls, CultureInfo.InvariantCulture) : 500);
            Directory.CreateDirectory(results);
            await File.WriteAllTextAsync(Path.Join(results, "agent.md"), page);
            Console.WriteLine(page);
            return 0;
        }

    case ["stages", .. var rest]:
        var isShort = rest is ["--short", ..];
        rest = isShort ? rest[1..] : rest;
        var directory = Repository.Baselines("results");
        if (rest is ["--out", var given, .. var others])
        {
            (directory, rest) = (given, others);
        }

        var all = typeof(Stage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Stage))).ToArray();
        var summaries = new BenchmarkSwitcher(all)
            .Run(rest is [] ? ["--filter", "*"] : rest, BenchConfig.Create(isShort)).ToList();
        StageResults.Write(summaries, directory, isShort);
        return summaries.All(s => s.Reports.All(r => r.Success)) ? 0 : 1;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}
