using System.Text;
using System.Text.Json;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>Whatever an endpoint answers: one of the words, in time, and nothing of its text on a terminal.</summary>
public sealed class HostileAnswerTests : IDisposable
{
    private const string Escape = "\u001b[31m";

    private readonly ClusterCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("404", "not-a-registry", 404)]
    [InlineData("403", "no-access", 403)]
    [InlineData("429", "failing", 429)]
    [InlineData("502", "failing", 502)]
    [InlineData("page", "not-a-registry", 200)]
    [InlineData("ping", "open", 200)]
    [InlineData("not HTTP", "not-a-registry", 0)]
    [InlineData("nothing", "down", 0)]
    [InlineData("huge challenge", "not-a-registry", 0)]
    [InlineData("many challenges", "not-a-registry", 401)]
    [InlineData("no challenge", "not-a-registry", 401)]
    [InlineData("other challenge", "not-a-registry", 401)]
    [InlineData("open quotes", "not-a-registry", 401)]
    [InlineData("realm without scheme", "not-a-registry", 401)]
    [InlineData("realm with a user", "not-a-registry", 401)]
    [InlineData("realm with controls", "not-a-registry", 0)]
    [InlineData("code with controls", "no-access", 403)]
    [InlineData("endless body", "no-access", 403)]
    [InlineData("endless redirect", "not-a-registry", 302)]
    public async Task Each_has_its_word(string answer, string result, int status)
    {
        await using var registry = FakeRegistry.Start(
            async (request, stream, stop) =>
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Make(answer, request)), stop);
                while (answer == "endless body")
                {
                    await stream.WriteAsync("x"u8.ToArray(), stop);
                    await Task.Delay(20, stop);
                }
            },
            _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene().Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, _certificates.AuthorityPem);

        var run = await scene.RunAsync();
        var probe = await scene.ProbeFirstAsync();

        Assert.Equal((result, status), (probe.Result, probe.Status));
        Assert.DoesNotContain('\u001b', probe.Detail);
        Assert.DoesNotContain("hush", probe.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Encoding.UTF8.GetString(run.Stdout));
        Assert.InRange(probe.Detail.Length, 1, 300);
    }

    [Fact]
    public async Task A_silent_endpoint_is_given_five_seconds_all_together_twenty_and_the_last_are_not_asked()
    {
        await using var registry = FakeRegistry.Start(
            (_, _, stop) => Task.Delay(Timeout.Infinite, stop), _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene().Mirror(false, [.. Enumerable.Range(1, 5).Select(n => $"{registry.Host}/cache{n}")])
            .Trust(registry.Host, _certificates.AuthorityPem).Secret(registry.Host);
        using var clock = NodeClock.Standing();
        clock.Patience = TimeSpan.FromSeconds(2);
        scene.Use(clock);

        JsonElement[] probes = [];
        var waited = await clock.WaitedAsync(async () => probes = await scene.ProbeAsync());

        Assert.Equal(TimeSpan.FromSeconds(20), waited);
        Assert.Equal(
            ["down", "down", "down", "down", "not-probed", "blocked"], probes.Select(p => p.GetProperty("result").GetString()));
        Assert.All(probes[..4], p => Assert.InRange(p.GetProperty("elapsedMs").GetInt64(), 4_900, 5_000));
        Assert.Equal("the 20 s for all endpoints are over", probes[4].GetProperty("detail").GetString());
        Assert.All(registry.Heard, request => Assert.Equal("", request.Authorization));
    }

    /// <summary>OpenSSL keeps what it would have said of a certificate, also where nobody asked.</summary>
    [Theory]
    [InlineData(System.Security.Authentication.SslProtocols.Tls12)]
    [InlineData(System.Security.Authentication.SslProtocols.Tls13)]
    public async Task An_insecure_endpoint_is_asked_by_tls_whatever_its_certificate_and_never_in_clear(
        System.Security.Authentication.SslProtocols version)
    {
        using var strangers = new ClusterCertificates();
        await using var registry = FakeRegistry.Start(
            request =>
                request.Authorization.Length == 0
                    ? FakeRegistry.Answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\n")
                    : FakeRegistry.Answer(200),
            strangers.Server("elsewhere.invalid"));
        registry.Protocols = version;
        using var scene = new ProbeScene().Mirror(true, $"{registry.Host}/cache").Secret(registry.Host);

        Assert.Equal(new Probed("accepted", 200, "basic", "unverified"), await scene.ProbeFirstAsync());
    }

    [Fact]
    public async Task What_tls_answers_counts_where_plain_http_is_no_registry()
    {
        await using var registry = FakeRegistry.Start(_ => FakeRegistry.Answer(503), _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene().Mirror(true, $"{registry.Host}/cache").Secret(registry.Host);

        Assert.Equal(new Probed("failing", 503, null, "unverified"), await scene.ProbeFirstAsync());
    }

    /// <summary>A pull never asks /v2/ with its token, so a registry may refuse it there.</summary>
    [Fact]
    public async Task A_repository_that_opens_says_more_than_the_base()
    {
        await using var registry = FakeRegistry.Start(
            request =>
                request.Target == "/v2/"
                    ? FakeRegistry.Answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\n")
                    : FakeRegistry.Answer(200),
            _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene()
            .Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, _certificates.AuthorityPem)
            .Secret(registry.Host);

        Assert.Equal(new Probed("accepted", 200, "basic", "verified"), await scene.ProbeFirstAsync());
    }

    [Fact]
    public async Task A_challenge_counts_beside_200()
    {
        await using var registry = FakeRegistry.Start(
            request => FakeRegistry.Answer(
                request.Target == "/v2/" || request.Authorization.Length > 0 ? 200 : 401,
                "WWW-Authenticate: Basic realm=\"x\"\r\n"),
            _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene()
            .Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, _certificates.AuthorityPem)
            .Secret(registry.Host);

        Assert.Equal(new Probed("accepted", 200, "basic", "verified"), await scene.ProbeFirstAsync());
    }

    [Fact]
    public async Task A_broken_authority_hides_none_beside_it()
    {
        await using var registry = FakeRegistry.Start(_ => FakeRegistry.Answer(200), _certificates.Server("127.0.0.1"));
        const string Broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        using var scene = new ProbeScene().Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, Broken + _certificates.AuthorityPem);

        Assert.Equal("open", (await scene.ProbeFirstAsync()).Result);
    }

    [Fact]
    public async Task An_insecure_port_that_is_late_with_tls_gets_no_password_in_clear()
    {
        await using var registry = FakeRegistry.Start(request => FakeRegistry.Answer(200));
        using var scene = new ProbeScene().Mirror(true, $"{registry.Host}/cache").Secret(registry.Host);

        Assert.Equal("down", (await scene.ProbeFirstAsync()).Result);
        Assert.Empty(registry.Heard);
    }

    [Fact]
    public async Task What_a_pull_passes_over_or_a_helper_answers_is_not_asked()
    {
        await using var registry = FakeRegistry.Start(request => FakeRegistry.Answer(200), _certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene().Secret("elsewhere.invalid");
        scene.Node.Configure($"""
            [[registry]]
            location = "registry.invalid"
            blocked = true
            [[registry.mirror]]
            location = "{registry.Host}/cache"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "cache.invalid/app"
            """);
        await File.WriteAllTextAsync(scene.Node.GlobalAuthFile, """{"credHelpers":{"cache.invalid":"helper"}}""");

        var probes = await scene.ProbeAsync();

        Assert.Equal(["not-asked", "not-probed", "blocked"], probes.Select(p => p.GetProperty("result").GetString()));
        Assert.Empty(registry.Heard);
    }

    [Fact]
    public async Task Without_the_flag_and_without_a_mirror_nobody_is_asked()
    {
        using var scene = new ProbeScene();

        var run = await scene.RunAsync("--output", "json");
        var unasked = await Plugin.RunAsync(["explain", ProbeScene.Image, "--namespace", "a", "--output", "json",
            "--registries-conf", scene.Mirror(false, "cache.invalid").Node.RegistriesConf,
            "--registries-conf-dir", scene.Node.RegistriesConfDir], []);

        Assert.Equal((0, 0), (run.ExitCode, unasked.ExitCode));
        Assert.DoesNotContain("\"probe\"", Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.Contains("cache.invalid/app", Encoding.UTF8.GetString(unasked.Stdout), StringComparison.Ordinal);
        Assert.DoesNotContain("\"probe\"", Encoding.UTF8.GetString(unasked.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_secrets_nobody_is_asked()
    {
        await using var registry = FakeRegistry.Start(request => FakeRegistry.Answer(200));
        using var scene = new ProbeScene().Mirror(true, $"{registry.Host}/cache");
        var names = string.Join(',', Enumerable.Range(0, 33).Select(i => $"s{i}"));
        await File.WriteAllTextAsync(
            Path.Combine(Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests")).FullName, "account.yaml"), $"""
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: default
              namespace: team-a
              annotations:
                fast-provider/secrets: "{names}"
            """);

        var run = await scene.RunAsync("--secrets", "annotation");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "probe: not-probed: the pull gets no credentials\n", Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.Empty(registry.Heard);
    }

    private static string Make(string answer, HeardRequest request) => answer switch
    {
        "404" or "403" or "429" or "502" => FakeRegistry.Answer(int.Parse(answer, null), body: """{"errors":"hush"}"""),
        "page" => FakeRegistry.Answer(200, body: "<html>hush</html>", type: "text/html; charset=utf-8"),
        "ping" => FakeRegistry.Answer(200, "Docker-Distribution-Api-Version: registry/2.0\r\n", type: "text/html"),
        "not HTTP" => "SSH-2.0-hush\r\n",
        "huge challenge" => FakeRegistry.Answer(401, $"WWW-Authenticate: Basic realm=\"{new string('x', 100_000)}\"\r\n"),
        "many challenges" =>
            FakeRegistry.Answer(
                401, $"WWW-Authenticate: {string.Concat(Enumerable.Repeat("x,", 4000))}Basic realm=\"\\\"\\\\\"\r\n"),
        "no challenge" => FakeRegistry.Answer(401),
        "other challenge" => FakeRegistry.Answer(401, "WWW-Authenticate: Negotiate\r\n"),
        "open quotes" => FakeRegistry.Answer(401, "WWW-Authenticate: Bearer realm=\"https://127.0.0.1:9/hush\\\r\n"),
        "realm without scheme" => FakeRegistry.Answer(401, "WWW-Authenticate: Bearer realm=\"//127.0.0.1:9/hush\"\r\n"),
        "realm with a user" => FakeRegistry.Answer(401, "WWW-Authenticate: Bearer realm=\"https://hush@127.0.0.1:9/\"\r\n"),
        "realm with controls" => FakeRegistry.Answer(401, $"WWW-Authenticate: Bearer realm=\"https://127.0.0.1:9/{Escape}\"\r\n"),
        "code with controls" => FakeRegistry.Answer(403, body: """{"errors":[{"code":"HUSH\u001b[31m"},{"code":"hush"}]}"""),
        "endless body" =>
            "HTTP/1.1 403 X\r\nContent-Type: application/json\r\nDocker-Distribution-Api-Version: hush\r\n\r\n{\"errors\":[\"",
        "endless redirect" => FakeRegistry.Answer(302, $"Location: {request.Target}x\r\n"),
        _ => "",
    };
}
