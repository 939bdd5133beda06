using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate;

/// <summary>The command line of the gate.</summary>
internal sealed record GateOptions
{
    public const string Usage = """
        usage: gate check|update [--baseline FILE] [--binary FILE] [--only KINDS] [--inject OPERATION]

          check       measures, compares with the baseline, exits with 1 if a figure is over its limit
          update      measures and writes the baseline
          --baseline  default perf-baselines/baseline.json
          --binary    the published plugin, default FAST_PROVIDER_BINARY, else artifacts/publish/fast-provider
          --only      of allocations,size,instructions,syscalls,memory,time; instructions/SCENARIO for one
          --inject    self-test: this operation allocates on purpose, so the gate must fail
        """;

    private string[] _only = [];

    public bool IsUpdate { get; private init; }

    public string BaselinePath { get; private init; } = Repository.Baselines("baseline.json");

    public string Binary { get; private init; } = Repository.Plugin;

    public string? InjectInto { get; private init; }

    /// <summary>Whether the binary must be run at all.</summary>
    public bool WantsRuns => Wants("instructions") || Wants("syscalls") || Wants("memory") || Wants("time");

    /// <summary>Whether a kind, or a figure of it, is to be measured.</summary>
    public bool Wants(string kind) => _only.Length == 0
        || _only.Contains(kind) || _only.Contains(kind.Split('/')[0])
        || !kind.Contains('/', StringComparison.Ordinal) && _only.Any(o => o.StartsWith(kind + "/", StringComparison.Ordinal));

    /// <exception cref="SceneException">The command line is wrong.</exception>
    public static GateOptions Read(string[] args)
    {
        if (args is not ["check" or "update", .. var rest] || rest.Length % 2 != 0)
        {
            throw new SceneException(Usage);
        }

        var options = new GateOptions { IsUpdate = args[0] == "update" };
        for (var i = 0; i < rest.Length; i += 2)
        {
            options = rest[i] switch
            {
                "--baseline" => options with { BaselinePath = rest[i + 1] },
                "--binary" => options with { Binary = rest[i + 1] },
                "--only" => options with { _only = rest[i + 1].Split(',') },
                "--inject" => options with { InjectInto = rest[i + 1] },
                _ => throw new SceneException(Usage),
            };
        }

        return options;
    }
}
