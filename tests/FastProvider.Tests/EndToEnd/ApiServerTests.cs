using System.Diagnostics;
using System.Net;
using System.Text;
using FastProvider.Tests.ApiServer;
using k8s;
using k8s.Autorest;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// Our API server against the recordings and against a real client: what the plugin is tested with must be true itself.
/// </summary>
public sealed class ApiServerTests
{
    private const string ListPath = "/api/v1/namespaces/team-a/secrets";
    private const string RegistrySelector = "?fieldSelector=type=kubernetes.io/dockerconfigjson";

    private static readonly Secret[] RecordedSecrets =
    [
        Secret.DockerConfigJson("docker-hub", ("https://index.docker.io/v1/",
            RegistryEntry.Kubectl("hubuser", "p@ss:w0rd/with:colons", "hubuser@example.com")))
            with { Uid = new Guid("d4f96d5f-f333-4ce6-810a-c32ffeb19f33"), ResourceVersion = 231 },
        Secret.DockerConfigJson(
            "mirror-creds", ("https://localhost:5000", RegistryEntry.Kubectl("mirror", "mirrorpass", "mirror@example.com")))
            with { Uid = new Guid("2e3f7e8a-9ccd-4fb5-a71b-b5990dae28b9"), ResourceVersion = 229 },
        new("opaque", "Opaque", new Dictionary<string, byte[]> { ["k"] = "v"u8.ToArray() })
            { Uid = new Guid("bf2c604f-5197-4fd3-9a47-bdc20445f5a2"), ResourceVersion = 233 },
        Secret.DockerConfigJson("other-registry", ("quay.invalid", RegistryEntry.Kubectl("quser", "qpass", "quser@example.com")))
            with { Uid = new Guid("4f3ce9b8-c5fd-4383-9e4a-a3778e98d6dc"), ResourceVersion = 230 },
    ];

    [Theory]
    [InlineData("list-3-secrets", "GET", ListPath + RegistrySelector)]
    [InlineData(
        "list-3-secrets-fieldselector-escaped", "GET", ListPath + "?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson")]
    [InlineData("list-rv0", "GET", ListPath + RegistrySelector + "&resourceVersion=0")]
    [InlineData("list-all-types-no-selector", "GET", ListPath)]
    [InlineData("list-0-secrets", "GET", "/api/v1/namespaces/team-c/secrets" + RegistrySelector)]
    [InlineData("get-secret-200", "GET", ListPath + "/mirror-creds")]
    [InlineData("get-secret-404", "GET", ListPath + "/missing")]
    [InlineData("get-secret-403", "GET", "/api/v1/namespaces/team-b/secrets/b-creds")]
    [InlineData("list-403-other-namespace", "GET", "/api/v1/namespaces/team-b/secrets" + RegistrySelector)]
    [InlineData("list-403-nonexistent-namespace", "GET", "/api/v1/namespaces/no-such-ns/secrets" + RegistrySelector)]
    [InlineData("list-list-watch-1s", "GET", ListPath + RegistrySelector + "&watch=1&timeoutSeconds=1")]
    [InlineData("list-bad-fieldselector-400", "GET", ListPath + "?fieldSelector=nosuch=field")]
    [InlineData("path-404", "GET", "/api/v1/namespaces/team-a/nosuchresource")]
    [InlineData("method-405", "PUT", ListPath)]
    public async Task It_answers_as_recorded_to_the_byte_but_for_audit_id_and_date(string recording, string method, string target)
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        server.Cluster.Allow("team-c", "other");
        var token = recording == "list-0-secrets"
            ? server.Cluster.Tokens.Issue("team-c", "other")
            : server.Cluster.Tokens.Issue("team-a", "puller");

        var answer = await RecordedAnswers.AskAsync(
            server, $"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");

        Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(answer));
    }

    [Theory]
    [InlineData("list-first", "?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson")]
    [InlineData("list-not-older-than",
        "?fieldSelector=type%3Dkubernetes.io%2Fdockercfg&resourceVersion=46327&resourceVersionMatch=NotOlderThan")]
    [InlineData("list-rv0-dockercfg-empty", "?fieldSelector=type%3Dkubernetes.io%2Fdockercfg&resourceVersion=0")]
    public async Task A_list_of_any_freshness_has_the_recorded_form(string recording, string query)
    {
        await using var server = await StartAsync();
        server.Cluster.ResourceVersion = 46327;
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a",
        [
            (RecordedSecrets[0] with { Uid = new Guid("fc1d3210-a249-4a75-ad54-ecbe6543cddf"), ResourceVersion = 250 })
                .CreatedAt("2026-11-28T15:16:21Z"),
            (RecordedSecrets[1] with { Uid = new Guid("9cb8b052-6fcd-4326-94bc-fcaa8020682a"), ResourceVersion = 247 })
                .CreatedAt("2026-11-28T15:16:20Z"),
            (RecordedSecrets[3] with { Uid = new Guid("ba4688d4-5fc7-4d85-9fd5-eff4ae078230"), ResourceVersion = 249 })
                .CreatedAt("2026-11-28T15:16:20Z"),
        ]);
        var token = server.Cluster.Tokens.Issue("team-a", "puller");

        var answer = await RecordedAnswers.AskAsync(
            server, $"GET {ListPath}{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");

        Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(answer));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("audience")]
    [InlineData("signature")]
    [InlineData("garbage")]
    public async Task It_refuses_a_bad_token_with_the_recorded_401(string fault)
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller");
        var tokens = server.Cluster.Tokens;
        var good = tokens.Issue("team-a", "puller");
        var token = fault switch
        {
            "expired" => tokens.Issue("team-a", "puller", TimeSpan.FromMinutes(-1)),
            "audience" => tokens.Issue("team-a", "puller", audience: "https://kubernetes.default.svc"),
            "signature" => good[..^4] + (good.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"),
            _ => "garbage",
        };

        var answer = await RecordedAnswers.AskAsync(
            server, $"GET {ListPath}{RegistrySelector} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");

        foreach (var recording in new[] { "list-401-bad-signature", "token-review-of-nobody-401" })
        {
            Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(answer));
        }

        Assert.Null(Assert.Single(server.Requests.All).User);
    }

    [Fact]
    public async Task Without_a_token_the_caller_is_anonymous()
    {
        await using var server = await StartAsync();

        var answer = await RecordedAnswers.AskAsync(server, $"GET {ListPath}{RegistrySelector} HTTP/1.1\r\nHost: x\r\n\r\n");

        // The recorded anonymous request fell under another flow schema; the body is the same.
        Assert.Equal(RenderedAnswer.Parse(Recordings.Bytes("list-403-anonymous")).Body, RenderedAnswer.Parse(answer).Body);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_on_their_connection()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        var authorization = $"Authorization: Bearer {server.Cluster.Tokens.Issue("team-a", "puller")}\r\n\r\n";

        var answers = Encoding.Latin1.GetString(await RecordedAnswers.AskAsync(server,
            $"GET {ListPath}/missing HTTP/1.1\r\nHost: x\r\n{authorization}"
                + $"GET {ListPath}/mirror-creds HTTP/1.1\r\nHost: x\r\n{authorization}"));

        Assert.StartsWith("HTTP/1.1 404 Not Found", answers, StringComparison.Ordinal);
        Assert.True(
            answers.IndexOf("\"kind\":\"Secret\"", StringComparison.Ordinal)
                > answers.IndexOf("NotFound", StringComparison.Ordinal));
        Assert.Equal([1, 1], server.Requests.All.Select(r => r.Connection));
    }

    [Fact]
    public async Task The_recorded_token_has_the_length_of_ours()
    {
        var request = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllBytesAsync(TestData.Path("recordings", "kubelet", "request.json")));
        var recorded = request.RootElement.GetProperty("serviceAccountToken").GetString()!.Split('.');
        var ours = new TokenIssuer().Issue("team-a", "puller").Split('.');

        Assert.Equal(recorded.Select(p => p.Length), ours.Select(p => p.Length));
    }

    [Fact]
    public async Task An_answer_rendered_once_is_the_normal_one_for_each_selector()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        server.Script.Always(Respond.RenderedOnce());
        var authorization = $"Authorization: Bearer {server.Cluster.Tokens.Issue("team-a", "puller")}\r\n\r\n";

        foreach (var (target, recording) in new[]
        {
            (ListPath + RegistrySelector, "list-3-secrets"), (ListPath, "list-all-types-no-selector")
        })
        {
            var first = await RecordedAnswers.AskAsync(server, $"GET {target} HTTP/1.1\r\nHost: x\r\n{authorization}");
            var second = await RecordedAnswers.AskAsync(server, $"GET {target} HTTP/1.1\r\nHost: x\r\n{authorization}");

            Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(first));
            Assert.Equal(first, second);
        }
    }

    [Fact]
    public async Task A_cache_that_lags_answers_those_who_do_not_ask_for_the_newest()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets[..1]);
        server.Cluster.WatchCache.Lag();
        server.Cluster.SetSecrets("team-a", RecordedSecrets[1..2]);
        var client = ClientOf(server);

        async Task<string> ListAsync(string? resourceVersion) => Assert.Single(
            (await client.CoreV1.ListNamespacedSecretAsync("team-a", resourceVersion: resourceVersion)).Items).Metadata.Name;

        Assert.Equal(("docker-hub", "mirror-creds"), (await ListAsync("0"), await ListAsync(null)));
        Assert.Equal("mirror-creds", (await client.CoreV1.ReadNamespacedSecretAsync("mirror-creds", "team-a")).Metadata.Name);
        server.Cluster.WatchCache.CatchUp();
        Assert.Equal("mirror-creds", await ListAsync("0"));
    }

    [Theory]
    [InlineData(CacheState.Filling, false)]
    [InlineData(CacheState.FillingForEveryList, true)]
    public async Task A_cache_that_is_being_filled_refuses_lists(CacheState state, bool refusesConsistent)
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        server.Cluster.WatchCache.State = state;
        var client = ClientOf(server);

        async Task<HttpStatusCode?> RefusalAsync(string? resourceVersion) =>
            (await Record.ExceptionAsync(
                () => client.CoreV1.ListNamespacedSecretAsync("team-a", resourceVersion: resourceVersion))
                as HttpOperationException)?.Response.StatusCode;

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync("0"));
        Assert.Equal(refusesConsistent ? HttpStatusCode.TooManyRequests : null, await RefusalAsync(null));
        Assert.Equal("opaque", (await client.CoreV1.ReadNamespacedSecretAsync("opaque", "team-a")).Metadata.Name);
    }

    [Fact]
    public async Task Under_writes_a_consistent_LIST_waits_for_a_tick_and_one_of_the_cache_does_not()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        server.Script.Always(Respond.UnderWrites(TimeSpan.FromDays(1), Respond.Normally()));
        var client = ClientOf(server);
        using var end = new CancellationTokenSource();

        var waiting = client.CoreV1.ListNamespacedSecretAsync("team-a", cancellationToken: end.Token);
        await client.CoreV1.ListNamespacedSecretAsync("team-a", resourceVersion: "0");
        await client.CoreV1.ReadNamespacedSecretAsync("opaque", "team-a");

        Assert.False(waiting.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_LIST_without_selector_is_answered_and_counted()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);

        var list = await ClientOf(server).CoreV1.ListNamespacedSecretAsync("team-a");

        Assert.Equal(4, list.Items.Count);
        Assert.True(Assert.Single(server.Requests.All).IsListWithoutSelector);
    }

    [Fact]
    public async Task KubernetesClient_lists_by_type_and_by_exclusion()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        var client = ClientOf(server);

        var registry = await client.CoreV1.ListNamespacedSecretAsync(
            "team-a", fieldSelector: "type=kubernetes.io/dockerconfigjson");
        var others = await client.CoreV1.ListNamespacedSecretAsync(
            "team-a", fieldSelector: "type!=Opaque,metadata.name!=docker-hub");

        Assert.Equal(["docker-hub", "mirror-creds", "other-registry"], registry.Items.Select(s => s.Metadata.Name));
        Assert.Equal(RecordedSecrets[1].Data[".dockerconfigjson"], registry.Items[1].Data[".dockerconfigjson"]);
        Assert.Equal(RecordedSecrets[1].Created.UtcDateTime, registry.Items[1].Metadata.CreationTimestamp);
        Assert.Equal(["mirror-creds", "other-registry"], others.Items.Select(s => s.Metadata.Name));
        Assert.DoesNotContain(server.Requests.All, r => r.IsListWithoutSelector);
    }

    [Fact]
    public async Task KubernetesClient_pages_through_10000_generated_secrets_and_reads_them_at_once()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", new GeneratedSecrets(10_000, "mirror.example.com"));
        var client = ClientOf(server);

        var page = await client.CoreV1.ListNamespacedSecretAsync("team-a", limit: 4);
        var next = await client.CoreV1.ListNamespacedSecretAsync(
            "team-a", limit: 4, continueParameter: page.Metadata.ContinueProperty);
        var all = await client.CoreV1.ListNamespacedSecretAsync("team-a", fieldSelector: "type=kubernetes.io/dockerconfigjson");

        Assert.Equal(["s-00001", "s-00002", "s-00003", "s-00004"], page.Items.Select(s => s.Metadata.Name));
        Assert.Equal("s-00005", next.Items[0].Metadata.Name);
        Assert.Equal(10_000, all.Items.Count);
        Assert.Contains(
            "mirror.example.com", Encoding.UTF8.GetString(all.Items[^1].Data[".dockerconfigjson"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KubernetesClient_gets_one_and_understands_the_errors()
    {
        await using var server = await StartAsync();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        var client = ClientOf(server);

        Assert.Equal("opaque", (await client.CoreV1.ReadNamespacedSecretAsync("opaque", "team-a")).Metadata.Name);
        var missing = await Assert.ThrowsAsync<HttpOperationException>(
            () => client.CoreV1.ReadNamespacedSecretAsync("none", "team-a"));
        var foreign = await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ListNamespacedSecretAsync("team-b"));
        server.Script.Always(Respond.Synthesised(503));
        var broken = await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ListNamespacedSecretAsync("team-a"));

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.ServiceUnavailable],
            new[] { missing, foreign, broken }.Select(e => e.Response.StatusCode));
    }

    [Fact]
    public async Task KubernetesClient_loads_our_kubeconfig_and_is_known_as_the_node()
    {
        await using var server = await StartAsync();
        using var node = new NodeSandbox();
        var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.WriteKubeconfig(node.Pki)));

        await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ListNamespacedSecretAsync("team-a"));

        Assert.Equal("system:node:node1", Assert.Single(server.Requests.All).User);
    }

    [Theory]
    [InlineData(3, "--http1.1")]
    [InlineData(10_000, "--http1.1")]
    [InlineData(1000, "--compressed")]
    public async Task Curl_takes_certificate_and_framing(int count, string option)
    {
        await using var server = await StartAsync();
        using var node = new NodeSandbox();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", new GeneratedSecrets(count));
        var start = new ProcessStartInfo("curl",
        [
            "--silent", "--fail", "--max-time", "30", "--cacert", server.WriteAuthority(node.Pki), option,
            "--oauth2-bearer", server.Cluster.Tokens.Issue("team-a", "puller"), server.Url + ListPath + RegistrySelector,
        ]) { RedirectStandardOutput = true };
        using var curl = Process.Start(start)!;
        var body = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();

        Assert.Equal(0, curl.ExitCode);
        using var list = System.Text.Json.JsonDocument.Parse(body);
        Assert.Equal(count, list.RootElement.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_request_through_the_proxy_is_counted_as_a_tunnel()
    {
        await using var server = await StartAsync();
        await using var proxy = ConnectProxy.Start();
        server.Cluster.Allow("team-a", "puller").SetSecrets("team-a", RecordedSecrets);
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy(proxy.Url), UseProxy = true, SslOptions = server.Certificates.ClientOptions("127.0.0.1")
        };
        using var client = new HttpClient(handler);

        await client.GetAsync(new Uri(server.Url + "/readyz"));

        Assert.Equal([$"127.0.0.1:{server.Port}"], proxy.Tunnels);
    }

    [Fact]
    public async Task The_old_server_speaks_nothing_newer_than_TLS_1_1()
    {
        using var certificates = new ClusterCertificates();
        using var node = new NodeSandbox();
        await using var server = await OpenSslServer.StartAsync(certificates, node.Pki, OpenSslServer.OldTls);

        var (newer, _) = await HandshakeAsync(server, "-tls1_2", node.Root);
        var (old, says) = await HandshakeAsync(server, "-tls1_1", node.Root);

        Assert.NotEqual(0, newer);
        Assert.Equal(0, old);
        Assert.Contains("TLSv1.1", says, StringComparison.Ordinal);
    }

    /// <summary>
    /// One handshake by <c>openssl s_client</c> at the lowest security level: its exit code and what it printed.
    /// </summary>
    private static async Task<(int ExitCode, string Says)> HandshakeAsync(OpenSslServer server, string version, string directory)
    {
        var start = new ProcessStartInfo("openssl",
            ["s_client", "-connect", $"127.0.0.1:{server.Port}", version, "-cipher", "DEFAULT@SECLEVEL=0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        using var client = Process.Start(start)!;
        client.StandardInput.Close();
        var errors = client.StandardError.ReadToEndAsync();
        var says = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        await errors;
        return (client.ExitCode, says);
    }

    private static Task<KubeApiServer> StartAsync() => KubeApiServer.StartAsync();

    private static Kubernetes ClientOf(KubeApiServer server) => new(new KubernetesClientConfiguration
    {
        Host = server.Url,
        AccessToken = server.Cluster.Tokens.Issue("team-a", "puller"),
        SslCaCerts =
            [System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(server.Certificates.AuthorityPem)],
    });
}
