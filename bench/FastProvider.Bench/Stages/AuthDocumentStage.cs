using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Bench.Stages;

/// <summary>
/// Reads a decoded dockerconfigjson for one endpoint, whose key is the last. The alternative: JsonSerializer into a dictionary.
/// </summary>
public class AuthDocumentStage : Stage
{
    private const string Repository = "mirror.example.com/cache/app";

    private readonly EndpointCredential _endpoint = new(Encoding.UTF8.GetBytes(Repository));
    private readonly CredentialSource _source = new("pull-secret"u8.ToArray(), 0);
    private AuthDocument? _document;
    private byte[] _json = [];
    private string? _idiomatic;

    [Params(1, 10, 1_000, 10_000)]
    public int Entries { get; set; } = 10;

    public override int InputBytes => _json.Length;

    [Benchmark]
    public override int Ours()
    {
        _endpoint.Clear();
        return _document!.Read(_json, isFlatMap: false, _source) is null ? _endpoint.UserPassword.Length : -1;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = AuthModel.Read(_json).Find(Repository);
        return _idiomatic?.Length ?? -1;
    }

    /// <inheritdoc cref="JsonTokens"/>
    [Benchmark]
    public int TokensAlone() => JsonTokens.Count(_json);

    protected override void Prepare()
    {
        var entries = Enumerable.Range(0, Entries - 1)
            .Select(i => (
                string.Create(CultureInfo.InvariantCulture, $"registry-{i}.example.com"),
                RegistryEntry.Kubectl("user", "password-of-many", "a@example.com")))
            .Append(("mirror.example.com", RegistryEntry.Kubectl("wanted", "wanted-password", "a@example.com")));
        _json = Secret.DockerConfigJson("pull-secret", [.. entries]).Data[".dockerconfigjson"];
        _document = new AuthDocument([_endpoint], new SecretNotices());
    }

    protected override (string Ours, string Idiomatic) Answers() =>
        (Encoding.UTF8.GetString(_endpoint.UserPassword), _idiomatic ?? "");
}
