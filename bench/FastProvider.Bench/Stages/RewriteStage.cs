using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastProvider.Mirrors;

namespace FastProvider.Bench.Stages;

/// <summary>Makes the endpoints of a matching registry: the image's name at each mirror. The alternative: strings.</summary>
public class RewriteStage : Stage
{
    private const string Prefix = "docker.io/library", Image = "docker.io/library/busybox";

    private readonly byte[] _image = Encoding.UTF8.GetBytes(Image);
    private RegistryMatch? _registry;
    private string[] _locations = [];
    private PullSources? _ours;
    private List<string> _idiomatic = [];

    [Params(1, 10)]
    public int Mirrors { get; set; } = 1;

    public override int InputBytes => 0;

    [Benchmark]
    public override int Ours()
    {
        _ours = new PullSources(_registry!, _image);
        return _ours.Endpoints.Length;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = [.. _locations.Select(location => location + Image[Prefix.Length..])];
        return _idiomatic.Count;
    }

    protected override void Prepare()
    {
        _locations =
        [
            .. Enumerable.Range(0, Mirrors)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"mirror-{i}.example.com:5000/hub/library")),
            Prefix,
        ];
        var mirrors = _locations[..^1].Select(l => new Mirror(Encoding.UTF8.GetBytes(l), false, PullFromMirror.Unset)).ToArray();
        _registry = new RegistryMatch
        {
            File = "registries.conf",
            Line = 1,
            Prefix = Encoding.UTF8.GetBytes(Prefix),
            Location = Encoding.UTF8.GetBytes(Prefix),
            Mirrors = mirrors,
        };
    }

    protected override (string Ours, string Idiomatic) Answers()
    {
        var ours = new List<string>();
        foreach (var endpoint in _ours!.Endpoints)
        {
            ours.Add(Encoding.UTF8.GetString(endpoint.Repository.Span));
        }

        return (string.Join(' ', ours), string.Join(' ', _idiomatic));
    }
}
