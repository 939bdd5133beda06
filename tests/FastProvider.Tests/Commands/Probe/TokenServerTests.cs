using System.Security.Cryptography.X509Certificates;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>
/// <c>explain --probe</c> at registries with a token server (distribution's token authentication), each of them a fake that
/// hears.
/// </summary>
public sealed class TokenServerTests : IDisposable
{
    private const string Token = "a-token-of-the-token-server";

    private readonly ClusterCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("token")]
    [InlineData("access_token")]
    public async Task It_gets_a_token_for_the_credential_as_a_pull_does(string member)
    {
        await using var tokens = Tokens(_ => FakeRegistry.Answer(200, body: $$"""{"{{member}}":"{{Token}}","expires_in":60}"""));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(registry.Host);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("accepted", 200, "bearer", "verified"), probe);
        Assert.Equal($"token server {tokens.Host} takes the credential, and the repository may be read", probe.Detail);
        var asked = Assert.Single(tokens.Heard);
        Assert.Equal(
            new HeardRequest(
                "GET", $"/auth?x=y&account={ProbeScene.User}&service=a%20service&scope=repository%3Acache%2Fapp%3Apull",
                "Basic " + RegistryEntry.Encode(ProbeScene.User, ProbeScene.Password), ""),
            asked);
        Assert.Equal(
            [("/v2/", ""), ("/v2/", $"Bearer {Token}"), ("/v2/cache/app/tags/list?n=1", $"Bearer {Token}")],
            registry.Heard.Select(h => (h.Target, h.Authorization)));
    }

    [Fact]
    public async Task An_identity_token_is_exchanged()
    {
        const string identity = "an/identity+token";
        await using var tokens = Tokens(_ => FakeRegistry.Answer(200, body: $$"""{"access_token":"{{Token}}"}"""));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(
            registry.Host, new RegistryEntry { Username = "someone", Password = "unused-password", IdentityToken = identity },
            identity);

        Assert.Equal(new Probed("accepted", 200, "bearer", "verified"), await scene.ProbeFirstAsync());

        var asked = Assert.Single(tokens.Heard);
        Assert.Equal(("POST", "/auth?x=y", ""), (asked.Method, asked.Target, asked.Authorization));
        Assert.Equal(
            "service=a%20service&grant_type=refresh_token&scope=repository%3Acache%2Fapp%3Apull"
                + "&client_id=fast-provider&refresh_token=an%2Fidentity%2Btoken",
            asked.Body);
    }

    [Theory]
    [InlineData(true, 401, 0, "refused", 401)]
    [InlineData(true, 403, 0, "refused", 403)]
    [InlineData(true, 400, 0, "refused", 400)]
    [InlineData(true, 503, 0, "failing", 503)]
    [InlineData(true, 404, 0, "not-a-registry", 404)]
    [InlineData(true, 200, 200, "accepted", 200)]
    [InlineData(true, 200, 404, "accepted", 404)]
    [InlineData(true, 200, 500, "accepted", 500)]
    [InlineData(true, 200, 403, "no-access", 403)]
    [InlineData(true, 200, 401, "no-access", 401)]
    [InlineData(false, 401, 0, "needs-credentials", 401)]
    [InlineData(false, 200, 200, "open", 200)]
    [InlineData(false, 200, 401, "needs-credentials", 401)]
    public async Task Each_answer_has_its_word(bool hasCredential, int ofTokens, int ofTags, string result, int status)
    {
        await using var tokens = Tokens(
            _ => FakeRegistry.Answer(ofTokens, body: ofTokens == 200 ? $$"""{"token":"{{Token}}"}""" : """{"details":"x"}"""));
        await using var registry = Registry(tokens, ofTags);
        using var scene = hasCredential ? Scene(registry).Secret(registry.Host) : Scene(registry);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed(result, status, "bearer", "verified"), probe);
        Assert.Equal(hasCredential, Assert.Single(tokens.Heard).Authorization.StartsWith("Basic ", StringComparison.Ordinal));
        if (ofTags >= 400)
        {
            Assert.Contains($"({ofTags} DENIED)", probe.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_that_the_registry_does_not_take_is_refused()
    {
        await using var tokens = Tokens(_ => FakeRegistry.Answer(200, body: """{"token":"some-other-token"}"""));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(registry.Host);

        Assert.Equal(new Probed("refused", 401, "bearer", "verified"), await scene.ProbeFirstAsync());
    }

    [Theory]
    [InlineData("""{"token":"of two\r\nX-Lines: yes"}""")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":7}""")]
    [InlineData("""["token"]""")]
    [InlineData("no JSON")]
    public async Task What_is_no_token_goes_nowhere(string body)
    {
        await using var tokens = Tokens(_ => FakeRegistry.Answer(200, body: body));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(registry.Host);

        Assert.Equal(new Probed("not-a-registry", 200, "bearer", "verified"), await scene.ProbeFirstAsync());
        Assert.Single(registry.Heard);
    }

    [Theory]
    [InlineData(65_536, "accepted")]
    [InlineData(69_633, "not-a-registry")]
    public async Task A_token_servers_answer_has_64_KiB(int bytes, string result)
    {
        await using var tokens = Tokens(
            _ => FakeRegistry.Answer(200, body: $"{{\"token\":\"{Token}\"".PadRight(bytes - 1) + "}"));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(registry.Host);

        Assert.Equal(new Probed(result, 200, "bearer", "verified"), await scene.ProbeFirstAsync());
    }

    [Fact]
    public async Task A_registry_by_TLS_cannot_send_the_credential_into_the_clear()
    {
        await using var tokens = FakeRegistry.Start(_ => FakeRegistry.Answer(200, body: $$"""{"token":"{{Token}}"}"""));
        await using var registry = Registry(tokens, tags: 200, scheme: "http");
        using var scene = Scene(registry).Secret(registry.Host);

        Assert.Equal(new Probed("untrusted", 401, "bearer", "verified"), await scene.ProbeFirstAsync());
        Assert.Empty(tokens.Heard);
    }

    [Fact]
    public async Task A_token_server_of_another_authority_gets_no_credential()
    {
        using var others = new ClusterCertificates();
        await using var tokens = FakeRegistry.Start(
            _ => FakeRegistry.Answer(200, body: $$"""{"token":"{{Token}}"}"""), others.Server("127.0.0.1"));
        await using var registry = Registry(tokens, tags: 200);
        using var scene = Scene(registry).Secret(registry.Host);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("untrusted", 401, "bearer", "verified"), probe);
        Assert.StartsWith($"its token server {tokens.Host}: its certificate", probe.Detail, StringComparison.Ordinal);
        Assert.Empty(tokens.Heard);
    }

    [Fact]
    public async Task A_token_server_that_is_gone_is_named()
    {
        var tokens = Tokens(_ => "");
        await using var registry = Registry(tokens, tags: 200);
        await tokens.DisposeAsync();
        using var scene = Scene(registry).Secret(registry.Host);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal("down", probe.Result);
        Assert.Contains("its token server 127.0.0.1:", probe.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token server")]
    [InlineData("basic")]
    [InlineData("tags")]
    public async Task No_redirect_carries_a_credential(string from)
    {
        await using var thief = FakeRegistry.Start(
            _ => FakeRegistry.Answer(200, body: $$"""{"token":"{{Token}}"}"""), Certificate());
        var redirect = FakeRegistry.Answer(307, $"Location: https://{thief.Host}/v2/\r\n");
        await using var tokens = Tokens(
            _ => from == "token server" ? redirect : FakeRegistry.Answer(200, body: $$"""{"token":"{{Token}}"}"""));
        await using var registry = FakeRegistry.Start(
            request => request.Target == "/v2/" && request.Authorization.Length == 0
                ? FakeRegistry.Answer(401, from == "basic" ? "WWW-Authenticate: Basic realm=x\r\n" : Bearer(tokens))
                : from == "basic" || request.Target != "/v2/" ? redirect
                : FakeRegistry.Answer(200),
            Certificate());
        using var scene = Scene(registry).Secret(registry.Host);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(307, probe.Status);
        Assert.Equal(from == "tags" ? "accepted" : "not-a-registry", probe.Result);
        Assert.Empty(thief.Heard);
    }

    [Fact]
    public async Task Without_a_credential_a_redirect_is_followed_as_a_pull_does()
    {
        await using var upstream = FakeRegistry.Start(_ => FakeRegistry.Answer(200), Certificate());
        await using var registry = FakeRegistry.Start(
            request => FakeRegistry.Answer(307, $"Location: https://{upstream.Host}{request.Target}\r\n"), Certificate());
        using var scene = Scene(registry).Secret(registry.Host);

        Assert.Equal(new Probed("open", 200, "none", "verified"), await scene.ProbeFirstAsync());
        Assert.Equal(
            [("/v2/", ""), ("/v2/cache/app/tags/list?n=1", "")], upstream.Heard.Select(h => (h.Target, h.Authorization)));
    }

    [Theory]
    [InlineData(3, "open", 200)]
    [InlineData(4, "not-a-registry", 307)]
    public async Task Three_redirects_are_followed(int redirects, string result, int status)
    {
        await using var registry = FakeRegistry.Start(
            request => request.Target.TrimEnd('x') == "/v2/" && request.Target.Length < "/v2/".Length + redirects
                ? FakeRegistry.Answer(307, $"Location: {request.Target}x\r\n")
                : FakeRegistry.Answer(200),
            Certificate());
        using var scene = Scene(registry);

        Assert.Equal((result, status), ((await scene.ProbeFirstAsync()).Result, (await scene.ProbeFirstAsync()).Status));
        Assert.DoesNotContain(registry.Heard, request => request.Target == "/v2/xxxx");
    }

    [Fact]
    public async Task A_redirect_out_of_TLS_is_not_followed()
    {
        await using var upstream = FakeRegistry.Start(_ => FakeRegistry.Answer(200));
        await using var registry = FakeRegistry.Start(
            _ => FakeRegistry.Answer(301, $"Location: http://{upstream.Host}/v2/\r\n"), Certificate());
        using var scene = Scene(registry);

        Assert.Equal(new Probed("not-a-registry", 301, null, "verified"), await scene.ProbeFirstAsync());
        Assert.Empty(upstream.Heard);
    }

    private ProbeScene Scene(FakeRegistry registry) =>
        new ProbeScene().Mirror(false, $"{registry.Host}/cache").Trust(registry.Host, _certificates.AuthorityPem);

    private X509Certificate2 Certificate() => _certificates.Server("127.0.0.1");

    private FakeRegistry Tokens(Func<HeardRequest, string> answer) => FakeRegistry.Start(answer, Certificate());

    private FakeRegistry Registry(FakeRegistry tokens, int tags, string scheme = "https") => FakeRegistry.Start(
        request => request.Authorization != $"Bearer {Token}" ? FakeRegistry.Answer(401, Bearer(tokens, scheme))
            : request.Target == "/v2/" ? FakeRegistry.Answer(200)
            : FakeRegistry.Answer(tags, body: """{"errors":[{"code":"DENIED","message":"hush"},{"code":"SECOND"}]}"""),
        Certificate());

    private static string Bearer(FakeRegistry tokens, string scheme = "https") =>
        "WWW-Authenticate: Negotiate abc==\r\n"
            + $"WWW-Authenticate: Bearer realm=\"{scheme}://{tokens.Host}/auth?x=y\",service=\"a service\"\r\n";
}
