using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Tests;

/// <summary>A gate that cannot fail guards nothing: each kind of worsening is put in on purpose.</summary>
public sealed class GateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fast-provider-gate-").FullName;

    private string BaselinePath => Path.Join(_directory, "baseline.json");

    [Fact]
    public void An_allocation_in_a_hot_operation_fails()
    {
        // A baseline of this build: debug code may allocate where release code does not.
        string[] same = ["--baseline", BaselinePath, "--only", "allocations", "--binary", Binary(1)];
        GateRun.Of(["update", .. same]).Passes();
        GateRun.Of(["check", .. same]).Passes();
        GateRun.Of(["check", .. same, "--inject", "claims"]).FailsOver("allocations/claims");
    }

    [Fact]
    public void A_larger_binary_fails()
    {
        string[] same = ["--baseline", BaselinePath, "--only", "size"];
        GateRun.Of(["update", .. same, "--binary", Binary(100_000)]).Passes();
        GateRun.Of(["check", .. same, "--binary", Binary(100_999)]).Passes();
        GateRun.Of(["check", .. same, "--binary", Binary(101_001)]).FailsOver("size/binary");
    }

    [Fact]
    public void A_program_that_does_more_fails()
    {
        string[] same = ["--baseline", BaselinePath, "--only", "instructions/unmirrored"];
        var less = Programs.Compiled("bench/Contenders/return0.c");
        GateRun.Of(["update", .. same, "--binary", less]).Passes();
        GateRun.Of(["check", .. same, "--binary", less]).Passes();
        GateRun.Of(["check", .. same, "--binary", "/usr/bin/true"]).FailsOver("instructions/unmirrored");
    }

    [Fact]
    public void A_program_that_reads_the_mounts_of_the_node_fails()
    {
        string[] same = ["--baseline", BaselinePath, "--only", "instructions/600-mounts-to-25"];
        GateRun.Of(["update", .. same, "--binary", Programs.Compiled("bench/Contenders/return0.c")]).Passes();
        GateRun.Of(["check", .. same, "--binary", Programs.Compiled("bench/Contenders/return0.c")]).Passes();
        GateRun.Of(["check", .. same, "--binary", Programs.Compiled("bench/Contenders/read_mounts.c")])
            .FailsOver("instructions/600-mounts-to-25");
    }

    [Fact]
    public void A_figure_without_baseline_fails()
    {
        var baseline = Baseline.Of([new Figure("size/binary", "B", 10)], "valgrind");
        var verdict = Assert.Single(Comparison.Of(baseline, [new Figure("size/other", "B", 1)]));
        Assert.Equal(Verdict.Failed, verdict.Verdict);
    }

    [Fact]
    public void Time_only_warns()
    {
        var baseline = Baseline.Of([new Figure("time/one-to-other", "x", 2)], "valgrind");
        var verdict = Assert.Single(Comparison.Of(baseline, [new Figure("time/one-to-other", "x", 200)]));
        Assert.Equal(Verdict.Warned, verdict.Verdict);
    }

    [Theory]
    [InlineData("instructions/unmirrored", "Ir", Verdict.Warned)]
    [InlineData("size/binary", "B", Verdict.Warned)]
    [InlineData("allocations/request", "B", Verdict.Failed)]
    [InlineData("memory/mirrored-10000-to-3", "x", Verdict.Failed)]
    [InlineData("instructions/600-mounts-to-25", "x", Verdict.Failed)]
    public void On_another_machine_only_what_is_the_programs_own_binds(string name, string unit, object expected)
    {
        var baseline = Baseline.Of([new Figure(name, unit, 1)], "valgrind");
        var verdict = Assert.Single(Comparison.Of(baseline, [new Figure(name, unit, 1_000)], isItsMachine: false));
        Assert.Equal(expected, verdict.Verdict);
    }

    [Fact]
    public void A_gain_asks_for_a_new_baseline()
    {
        var baseline = Baseline.Of([new Figure("instructions/unmirrored", "Ir", 1_000_000)], "valgrind");
        var verdict = Assert.Single(Comparison.Of(baseline, [new Figure("instructions/unmirrored", "Ir", 900_000)]));
        Assert.Equal(Verdict.Better, verdict.Verdict);
    }

    [Fact]
    public void The_committed_baseline_holds_every_kind_and_no_limit_below_its_value()
    {
        var figures = Baseline.Read(Repository.Baselines("baseline.json")).Figures;
        Assert.Superset(
            new HashSet<string> { "allocations", "size", "instructions", "syscalls", "memory", "faults", "time" },
            figures.Select(f => f.Name.Split('/')[0]).ToHashSet());
        Assert.All(figures, f => Assert.True(f.Limit >= f.Value, f.Name));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Binary(int bytes)
    {
        var path = Path.Join(_directory, "binary");
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }
}
