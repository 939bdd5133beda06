using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastProvider.Bench.Scene;
using FastProvider.Native;
using FastProvider.Request;

namespace FastProvider.Bench.Stages;

/// <summary>Reads a recorded request of a kubelet, 1.3 KB. The alternative: JsonSerializer into a class.</summary>
public class RequestStage : Stage
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly SecretBuffer _values = new();
    private byte[] _json = [];
    private CredentialProviderRequest _ours;
    private RequestModel _idiomatic = new();

    public override int InputBytes => _json.Length;

    public static byte[] Recorded() =>
        File.ReadAllBytes(Path.Join(Repository.Root, "tests/data/recordings/kubelet/request.json"));

    [Benchmark]
    public override int Ours()
    {
        _values.Clear();
        return CredentialProviderRequest.Read(_json, _values, out _ours) is null ? _ours.Token.Length : -1;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = JsonSerializer.Deserialize<RequestModel>(_json, Web)!;
        return _idiomatic is { Kind: "CredentialProviderRequest", ApiVersion: "credentialprovider.kubelet.k8s.io/v1" }
            ? _idiomatic.ServiceAccountToken.Length
            : -1;
    }

    /// <inheritdoc cref="JsonTokens"/>
    [Benchmark]
    public int TokensAlone() => JsonTokens.Count(_json);

    protected override void Prepare() => _json = Recorded();

    protected override (string Ours, string Idiomatic) Answers() =>
        ($"{Encoding.UTF8.GetString(_ours.Image.Span)} {Encoding.UTF8.GetString(_ours.Token.Span)}",
            $"{_idiomatic.Image} {_idiomatic.ServiceAccountToken}");

    private sealed class RequestModel
    {
        public string Kind { get; set; } = "";

        public string ApiVersion { get; set; } = "";

        public string Image { get; set; } = "";

        public string ServiceAccountToken { get; set; } = "";

        public Dictionary<string, string>? ServiceAccountAnnotations { get; set; }
    }
}
