using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;

namespace FastProvider.Bench.Stages;

/// <summary>
/// A whole mirrored pull in a warm process, against the API server in a process of its own (so that its garbage is not counted
/// here). The alternative keeps its connection, as HttpClient does.
/// </summary>
public class PullStage : Stage
{
    private WarmPull? _ours;
    private IdiomaticPull? _idiomatic;

    [Params(1, 10, 1_000, 10_000)]
    public int Secrets { get; set; } = 3;

    public override int InputBytes => 0;

    [Benchmark]
    public override int Ours() => _ours!.Run();

    [Benchmark(Baseline = true)]
    public override int Idiomatic() => _idiomatic!.Run();

    public override void CleanUp()
    {
        _idiomatic?.Dispose();
        _ours?.Dispose();
    }

    protected override void Prepare()
    {
        _ours = new WarmPull(Secrets);
        _idiomatic = new IdiomaticPull(_ours.Node, _ours.Request);
    }

    protected override (string Ours, string Idiomatic) Answers() =>
        (JsonNode.Parse(File.ReadAllText(_ours!.WrittenPath))!.ToJsonString(),
            JsonNode.Parse(File.ReadAllText(_idiomatic!.WrittenPath))!.ToJsonString());
}
