using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using FastProvider.AuthFile;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.Bench.Stages;

/// <summary>Writes the text of an auth file. The alternative: JsonSerializer over dictionaries.</summary>
public class AuthFileStage : Stage
{
    private readonly SecretBuffer _content = new();
    private EndpointCredential[] _endpoints = [];
    private (string Name, string UserPassword)[] _texts = [];
    private byte[] _idiomatic = [];

    [Params(1, 10)]
    public int Endpoints { get; set; } = 1;

    public override int InputBytes => 0;

    [Benchmark]
    public override int Ours()
    {
        _content.Clear();
        AuthFileContent.Write(_endpoints, [], _content);
        return _content.Length;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _idiomatic = JsonSerializer.SerializeToUtf8Bytes(new
        {
            auths = _texts.ToDictionary(t => t.Name, t =>
                new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(t.UserPassword)) }),
        });
        return _idiomatic.Length;
    }

    protected override void Prepare()
    {
        _texts =
        [
            .. Enumerable.Range(0, Endpoints).Select(i => (
                string.Create(CultureInfo.InvariantCulture, $"mirror-{i}.example.com:5000/hub/library/busybox"),
                string.Create(CultureInfo.InvariantCulture, $"user-{i}:password-of-many-{i}"))),
        ];
        _endpoints = [.. _texts.Select(t => new EndpointCredential(Encoding.UTF8.GetBytes(t.Name)))];
        using var document = new AuthDocument(_endpoints, new SecretNotices());
        var auths = _texts.ToDictionary(t => t.Name, t =>
            new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(t.UserPassword)) });
        if (document.Read(
            JsonSerializer.SerializeToUtf8Bytes(new { auths }), isFlatMap: false, new CredentialSource("s"u8.ToArray(), 0))
            is not null)
        {
            throw new InvalidOperationException("the sample document was not read");
        }
    }

    // In one spelling: escapes differ ('+' of base64), meaning does not.
    protected override (string Ours, string Idiomatic) Answers() =>
        (JsonNode.Parse(_content.WrittenSpan)!.ToJsonString(), JsonNode.Parse(_idiomatic)!.ToJsonString());
}
