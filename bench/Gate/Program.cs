using FastProvider.Bench.Gate;
using FastProvider.Bench.Gate.Probes;
using FastProvider.Bench.Scene;

try
{
    var options = GateOptions.Read(args);
    var valgrind = InstructionProbe.Version();
    if (options.IsUpdate)
    {
        Baseline.Of(Figures.Measure(options), valgrind).Write(options.BaselinePath);
        Console.WriteLine($"wrote {options.BaselinePath}");
        return 0;
    }

    var baseline = Baseline.Read(options.BaselinePath);
    var difference = Machine.Read().DifferenceTo(baseline.Machine);
    var verdicts = Comparison.Of(baseline, Figures.Measure(options), isItsMachine: difference.Length == 0);
    foreach (var (_, line) in verdicts)
    {
        Console.WriteLine(line);
    }

    var failed = verdicts.Count(v => v.Verdict == Verdict.Failed);
    if (difference.Length > 0)
    {
        Console.WriteLine(
            $"note: this is not the baseline's machine ({difference}), so only allocations and ratios of memory bind");
    }

    if (verdicts.Any(v => v.Verdict == Verdict.Better))
    {
        Console.WriteLine("note: some figures are better than their baseline; keep that with ./bench.sh --update-baselines");
    }

    Console.WriteLine($"gate: {verdicts.Count} figures, {failed} over their limit");
    return failed == 0 ? 0 : 1;
}
catch (SceneException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
