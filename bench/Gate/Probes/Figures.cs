using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>Measures all figures that are asked for.</summary>
internal static class Figures
{
    public static IEnumerable<Figure> Measure(GateOptions options)
    {
        if (options.Wants("allocations"))
        {
            foreach (var figure in AllocationProbe.Measure(options.InjectInto))
            {
                yield return figure;
            }
        }

        var published = Repository.Existing(
            options.Binary, "dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish");
        if (options.Wants("size"))
        {
            yield return new Figure("size/binary", "B", new FileInfo(published).Length);
        }

        if (!options.WantsRuns)
        {
            yield break;
        }

        using var node = new NodeScene();
        // Alone in a directory: valgrind gives up over the debug information that lies beside a published binary.
        var binary = node.In("fast-provider");
        File.Copy(published, binary);
        var scenarios = Scenario.All(
            node, binary, options.Wants("instructions/agent-mirrored-3") || options.Wants("syscalls/agent-mirrored-3"));
        IEnumerable<Figure> Of(string kind, Func<IEnumerable<Figure>> probe) => options.Wants(kind) ? probe() : [];
        foreach (var figure in (IEnumerable<Figure>)
            [
                .. Of("instructions", () =>
                    InstructionProbe.Measure(node, scenarios.Where(s => options.Wants($"instructions/{s.Name}")))),
                .. Of("instructions/600-mounts-to-25", () =>
                    InstructionProbe.MeasureMounts(node, scenarios.Single(s => s.Name == "unmirrored"))),
                // Not of long answers: how many reads one takes depends on how it happens to arrive.
                .. Of("syscalls", () => SyscallProbe.Measure(node, scenarios.Where(s => s.Name != "mirrored-1000"))),
                .. Of("memory", () => MemoryProbe.Measure(node, binary)),
                .. Of("time", () => TimeProbe.Measure(node, binary)),
            ])
        {
            yield return figure;
        }
    }
}
