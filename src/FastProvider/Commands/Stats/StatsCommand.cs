using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Commands.Stats;

/// <summary>Says what the runs of the provider on this node came to.</summary>
internal static class StatsCommand
{
    public static Flag Since => new("since", FlagShape.Text("WHEN"),
        "count the entries since then: a duration, such as 90m, 24h or 7d, or what journalctl --since takes"
        + " (default: 24h; with --from all)");

    public static Flag From => new("from", FlagShape.File,
        "read what journalctl -o export has printed, here or on another node, instead of the journal; - for standard input");

    public static Flag Root => CommonFlags.Root(
        "read the journal of the file system below DIR, as where a node is mounted in a container");

    public static Flag Output => new("output", FlagShape.OneOf("text|json|prometheus"),
        "text for people (default), JSON for programs, or metrics for the textfile collector of node_exporter");

    public static Command Definition => new()
    {
        Name = "stats",
        Summary = "count the runs in this node's journal: outcomes, causes, times",
        Description = """
            Reads the fields that each run leaves in the journal and adds them up: how many there were, how they ended, why
            those failed that did, how long each phase took (p50, p90, p99 and the longest), and which namespaces have
            failures. It changes nothing. The quantiles are within 1.6 %, and memory does not grow with the journal.

            A run is no pull: the kubelet also runs the provider before it starts a pod from an image that is on the node, and
            again while a pod is in back-off. Images without a mirror leave no entry, unless the provider runs with
            --log-level debug.
            """,
        Flags = [Since, From, Root, Output],
        Examples =
        [
            "fast-provider stats",
            "fast-provider stats --since 7d --output json",
            "ssh node1 journalctl -o export SYSLOG_IDENTIFIER=fast-provider | fast-provider stats --from -",
        ],
        ExitStatus = "0 it was printed, also if there was nothing to count; 1 the journal could not be read.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var (from, root) = (arguments[From], arguments[Root]);
        if (from is not null && root is not null)
        {
            return CommandOutput.Fail(Argument.Usage("--from and --root exclude each other", Definition.Name));
        }

        if (StatsWindow.Read(arguments[Since], from is not null, out var window) is { } wrong)
        {
            return CommandOutput.Fail(wrong);
        }

        var reader = new JournalExportReader();
        var statistics = new PullStatistics(window.Start);
        var unread = from is null
            ? JournalSource.ReadJournal(window, root, reader, statistics)
            : JournalSource.ReadFile(from, reader, statistics);
        statistics.IsCutOff = reader.IsInEntry;
        if (unread is null && from is null && reader.Position == 0 && !Ownership.IsRootHere)
        {
            // A program that reads JSON or metrics must not take what it may not see for a node without failures.
            _ = CommandOutput.Fail(new Failure("no entry was there to be read; who is not root may see only its own"));
        }

        return unread is not null ? CommandOutput.Fail(unread)
            : arguments[Output] switch
            {
                "json" => StatsJson.Send(statistics, window),
                "prometheus" => StatsPrometheus.Send(statistics, window),
                _ => StatsText.Send(statistics, window, arguments.Variable),
            };
    }
}
