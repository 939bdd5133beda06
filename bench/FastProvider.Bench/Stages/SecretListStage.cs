using System.Text;
using BenchmarkDotNet.Attributes;
using FastProvider.Secrets;
using k8s;
using k8s.Models;

namespace FastProvider.Bench.Stages;

/// <summary>
/// Reads a SecretList and the auth documents in it for one endpoint, which the last Secret serves. The alternatives:
/// JsonSerializer into classes that hold just what is needed, and KubernetesClient's model.
/// </summary>
public class SecretListStage : Stage
{
    private const string Repository = "mirror.example.com/cache/app";

    /// <summary>As an API server cuts a long answer into chunks.</summary>
    private const int PieceBytes = 2 * 1024;

    private readonly EndpointCredential _endpoint = new(Encoding.UTF8.GetBytes(Repository));
    private AuthDocument? _document;
    private SecretListReader? _list;
    private byte[] _json = [];
    private string? _idiomatic, _kubernetesClient;

    [Params(1, 10, 1_000, 10_000)]
    public int Secrets { get; set; } = 10;

    public override int InputBytes => _json.Length;

    [Benchmark]
    public override int Ours()
    {
        _endpoint.Clear();
        _list!.Start();
        var isList = true;
        for (var at = 0; isList && at < _json.Length; at += PieceBytes)
        {
            isList = _list.Read(_json.AsSpan(at, Math.Min(PieceBytes, _json.Length - at)), isLast: false);
        }

        return isList && _list.Read(default, isLast: true) && _list.IsWhole && _list.Count == Secrets
            ? _endpoint.UserPassword.Length
            : -1;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = SecretListModel.Read(_json).Find(Repository);
        return _idiomatic?.Length ?? -1;
    }

    /// <inheritdoc cref="JsonTokens"/>
    [Benchmark]
    public int TokensAlone() => JsonTokens.Count(_json);

    [Benchmark]
    public int KubernetesClient()
    {
        _kubernetesClient = null;
        foreach (var secret in KubernetesJson.Deserialize<V1SecretList>(new MemoryStream(_json)).Items)
        {
            _kubernetesClient = AuthModel.Read(secret.Data[".dockerconfigjson"]).Find(Repository) ?? _kubernetesClient;
        }

        return _kubernetesClient?.Length ?? -1;
    }

    protected override void Prepare()
    {
        _json = SecretListBody.Render(Secrets);
        var warnings = new SecretNotices();
        _document = new AuthDocument([_endpoint], warnings);
        _list = new SecretListReader(_document, warnings);
    }

    protected override (string Ours, string Idiomatic) Answers()
    {
        KubernetesClient();
        return (Encoding.UTF8.GetString(_endpoint.UserPassword), _idiomatic == _kubernetesClient ? _idiomatic ?? "" : "");
    }
}
