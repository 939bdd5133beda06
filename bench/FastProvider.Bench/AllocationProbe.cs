using System.Globalization;
using System.Runtime.CompilerServices;
using FastProvider.Bench.Stages;

namespace FastProvider.Bench;

/// <summary>
/// Bytes allocated on the managed heap by one warm operation, exactly: counted by the runtime for this thread, the plugin's only
/// one. Printed as lines of NAME BYTES for the gate.
/// </summary>
internal static class AllocationProbe
{
    private const int WarmUps = 200, Runs = 100;

    /// <param name="injectInto">The operation that allocates on purpose, to see the gate fail; null for none.</param>
    public static void Run(string? injectInto)
    {
        (string Name, Stage Stage)[] hot =
        [
            ("request", new RequestStage()),
            ("claims", new ClaimsStage()),
            ("registries-scan", new RegistriesStage { Tables = 1_000 }),
            ("secret-list", new SecretListStage { Secrets = 1_000 }),
            ("auth-document", new AuthDocumentStage { Entries = 10 }),
            ("choice", new ChoiceStage { Keys = 10 }),
            ("auth-file", new AuthFileStage()),
            ("rewrite", new RewriteStage()),
        ];
        foreach (var (name, stage) in hot)
        {
            stage.SetUp();
            Print(name, BytesOf(name == injectInto ? () => stage.Ours() + Wasted() : stage.Ours));
            stage.CleanUp();
        }

        RunPull();
    }

    private static void RunPull()
    {
        var allocated = new long[WarmPull.Phases.Length];
        using (var pull = new WarmPull(3))
        {
            for (var i = 0; i < WarmUps; i++)
            {
                pull.Run();
            }

            pull.AllocatedBytes.CopyTo(allocated);
        }

        for (var i = 0; i < allocated.Length; i++)
        {
            Print($"pull-{WarmPull.Phases[i]}", allocated[i]);
        }
    }

    private static long BytesOf(Func<int> operation)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            operation();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var answers = 0;
        for (var i = 0; i < Runs; i++)
        {
            answers |= operation();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return answers < 0 ? throw new InvalidOperationException("an operation failed") : allocated / Runs;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Wasted() => Keep(new byte[1]);

    // Not inlined, or the compiler sees that nothing needs the array.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Keep(byte[] wasted) => wasted[0];

    private static void Print(string name, long bytes) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {bytes}"));
}
