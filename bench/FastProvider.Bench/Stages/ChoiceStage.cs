using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastProvider.Secrets;

namespace FastProvider.Bench.Stages;

/// <summary>Compares registry keys with one endpoint. The alternative: strings, without globs and ports.</summary>
public class ChoiceStage : Stage
{
    private const string Repository = "mirror.example.com/cache/app";

    private readonly EndpointCredential _endpoint = new(Encoding.UTF8.GetBytes(Repository));
    private byte[][] _keys = [];
    private string[] _keyTexts = [];
    private int _ours = -1, _idiomatic = -1;

    [Params(1, 10, 1_000, 10_000)]
    public int Keys { get; set; } = 10;

    public override int InputBytes => _keyTexts.Sum(k => k.Length);

    [Benchmark]
    public override int Ours()
    {
        _ours = -1;
        var bestLength = -1;
        for (var i = 0; i < _keys.Length; i++)
        {
            var key = RegistryKey.Parse(_keys[i]);
            if (_endpoint.WouldTake(default, _keys[i], key, out var rank) && rank.PathLength > bestLength)
            {
                (_ours, bestLength) = (i, rank.PathLength);
            }
        }

        return _ours;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = -1;
        var bestLength = -1;
        for (var i = 0; i < _keyTexts.Length; i++)
        {
            var name = AuthModel.Normalise(_keyTexts[i]);
            if (name.Length > bestLength && AuthModel.Speaks(name, Repository))
            {
                (_idiomatic, bestLength) = (i, name.Length);
            }
        }

        return _idiomatic;
    }

    protected override void Prepare()
    {
        _keyTexts =
        [
            .. Enumerable.Range(0, Keys - 1)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"https://registry-{i}.example.com/team-{i}/")),
            "https://mirror.example.com/cache/",
        ];
        _keys = [.. _keyTexts.Select(Encoding.UTF8.GetBytes)];
    }

    protected override (string Ours, string Idiomatic) Answers() =>
        (_ours.ToString(CultureInfo.InvariantCulture), _idiomatic.ToString(CultureInfo.InvariantCulture));
}
