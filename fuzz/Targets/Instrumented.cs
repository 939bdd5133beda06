using SharpFuzz;

namespace FastProvider.Fuzz.Targets;

/// <summary>The two ends of AFL's coverage: the assembly that reports its branches, and the loop that runs inputs.</summary>
internal static class Instrumented
{
    /// <summary>Adds the reporting of branches to the IL of an assembly, in place.</summary>
    public static void Rewrite(string assembly) => Fuzzer.Instrument(assembly, _ => true, Options.Value);

    /// <summary>Runs what AFL sends; without AFL, standard input once.</summary>
    public static void Run(FuzzTarget target)
    {
        var input = new MemoryStream();
        Fuzzer.Run(sent =>
        {
            input.SetLength(0);
            sent.CopyTo(input);
            target(GuardedInput.Lay(input.GetBuffer().AsSpan(0, (int)input.Length)));
        });
    }
}
