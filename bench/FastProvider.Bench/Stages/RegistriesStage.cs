using System.Text;
using BenchmarkDotNet.Attributes;
using FastProvider.Bench.Scene;
using FastProvider.Mirrors;
using Tomlyn;
using Tomlyn.Model;

namespace FastProvider.Bench.Stages;

/// <summary>Reads registries.conf for one image. The alternative: Tomlyn's model, then a search for the longest prefix.</summary>
public class RegistriesStage : Stage
{
    private byte[] _file = [];
    private byte[] _image = [];
    private string _imageText = "";
    private PullSources? _ours;
    private List<string> _idiomatic = [];

    [Params(1, 10, 1_000, 10_000)]
    public int Tables { get; set; } = 1_000;

    private readonly RegistriesScratch _scratch = new();

    /// <summary>Whether the last table is the image's; else none is, as on most nodes for most images.</summary>
    [Params(false, true)]
    public bool Match { get; set; }

    public override int InputBytes => _file.Length;

    [Benchmark]
    public override int Ours()
    {
        var merge = new RegistriesMerge(_image, _scratch);
        if (merge.Add(_file, "registries.conf"u8) is not null || merge.DocumentReads > 0)
        {
            return -1;
        }

        _ours = merge.ToSources();
        return _ours.Endpoints.Length;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        var model = TomlSerializer.Deserialize<TomlTable>(Encoding.UTF8.GetString(_file))!;
        TomlTable? best = null;
        var bestPrefix = "";
        foreach (var registry in (TomlTableArray)model["registry"])
        {
            var location = (string)registry["location"];
            var prefix = registry.TryGetValue("prefix", out var given) ? (string)given : location;
            if (prefix.Length > bestPrefix.Length && _imageText.StartsWith(prefix, StringComparison.Ordinal)
                && (_imageText.Length == prefix.Length || _imageText[prefix.Length] is '/' or ':' or '@'))
            {
                (best, bestPrefix) = (registry, prefix);
            }
        }

        _idiomatic = best is null
            ? []
            : [.. ((TomlTableArray)best["mirror"]).Append(best)
                .Select(e => (string)e["location"] + _imageText[bestPrefix.Length..])];
        return _idiomatic.Count;
    }

    protected override void Prepare()
    {
        _file = Encoding.UTF8.GetBytes(RegistriesText.Tables(Tables, Match));
        _imageText = RegistriesText.MirroredImage;
        _image = Encoding.UTF8.GetBytes(_imageText);
    }

    protected override (string Ours, string Idiomatic) Answers()
    {
        var ours = new List<string>();
        foreach (var endpoint in _ours!.Endpoints)
        {
            ours.Add(Encoding.UTF8.GetString(endpoint.Repository.Span));
        }

        return ($"[{string.Join(' ', ours)}]", $"[{string.Join(' ', _idiomatic)}]");
    }
}
