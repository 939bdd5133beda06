using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Secrets;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>Which link a pull gets in a process that keeps them.</summary>
public sealed class ApiServerLinksTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fast-provider-links-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task The_next_pull_needs_no_connection_of_its_own()
    {
        await using var server = await Server();
        using var resources = new PullResources(keptLinks: 1);

        Fetch(resources, server);
        Fetch(resources, server);

        Assert.Equal((1, 4), (server.Requests.TcpConnections, server.Requests.All.Count));
    }

    [Fact]
    public async Task What_was_read_for_one_pull_is_not_counted_for_the_next()
    {
        await using var server = await Server();
        using var resources = new PullResources(keptLinks: 1);

        Assert.Equal(Fetch(resources, server).BytesRead, Fetch(resources, server).BytesRead);
    }

    [Fact]
    public async Task A_kept_connection_that_the_server_has_closed_costs_no_try()
    {
        await using var server = await Server();
        server.Script.Request(2, async exchange =>
        {
            await exchange.AnswerNormallyAsync();
            await exchange.FlushAsync();
            exchange.CloseAfterwards();
        });
        using var resources = new PullResources(keptLinks: 1);
        Assert.Equal(1, Fetch(resources, server).Tries);
        await NoConnection(server);

        Assert.Equal(1, Fetch(resources, server).Tries);
        Assert.Equal(2, server.Requests.TcpConnections);
    }

    [Fact]
    public async Task Two_servers_do_not_evict_each_other()
    {
        await using var one = await Server();
        await using var other = await Server();
        using var resources = new PullResources(keptLinks: 2);

        for (var round = 0; round < 3; round++)
        {
            Fetch(resources, one);
            Fetch(resources, other);
        }

        Assert.Equal((1, 1), (one.Requests.TcpConnections, other.Requests.TcpConnections));
    }

    [Fact]
    public async Task No_more_links_are_kept_than_there_is_room_for()
    {
        await using var one = await Server();
        await using var other = await Server();
        using var resources = new PullResources(keptLinks: 1);

        Fetch(resources, one);
        Fetch(resources, other);

        await NoConnection(one);
        Assert.Equal(1, other.Requests.OpenConnections);
    }

    [Fact]
    public async Task The_end_of_the_host_ends_what_it_kept()
    {
        await using var server = await Server();
        using (var resources = new PullResources(keptLinks: 1))
        {
            Fetch(resources, server);
            Assert.Equal(1, server.Requests.OpenConnections);
        }

        await NoConnection(server);
    }

    [Fact]
    public async Task A_renewed_password_of_the_proxy_is_used()
    {
        await using var server = await Server();
        await using var proxy = ConnectProxy.Start(login: "u:new");
        using var resources = new PullResources(keptLinks: 1);

        var refused = FetchThrough(resources, server, proxy, "u:old");
        var taken = FetchThrough(resources, server, proxy, "u:new");
        var again = FetchThrough(resources, server, proxy, "u:old");

        Assert.Contains("does not accept the user and password", refused?.Message, StringComparison.Ordinal);
        Assert.Null(taken);
        Assert.Contains("does not accept the user and password", again?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_trust_is_another_link()
    {
        await using var server = await Server();
        await using var stranger = await Server();
        using var links = new ApiServerLinks(maxIdle: 4);
        var target = WorkloadSearch.TargetOf(server);

        var first = LinkTo(links, target);
        var same = LinkTo(links, target);
        var other = LinkTo(links, new ApiServerTarget
        {
            Url = target.Url,
            TlsServerName = target.TlsServerName,
            CertificateAuthorityPem = WorkloadSearch.TargetOf(stranger).CertificateAuthorityPem,
            UrlOrigin = "test",
            CertificateAuthorityOrigin = "test",
        });

        Assert.Same(first, same);
        Assert.NotSame(first, other);
    }

    [Fact]
    public async Task A_name_that_the_proxy_must_show_too_is_another_link()
    {
        await using var server = await Server();
        using var links = new ApiServerLinks(maxIdle: 4);
        var target = WorkloadSearch.TargetOf(server);

        var byAddress = LinkTo(links, target);
        var byName = LinkTo(links, new ApiServerTarget
        {
            Url = target.Url,
            TlsServerName = target.TlsServerName,
            HasTlsServerName = !target.HasTlsServerName,
            CertificateAuthorityPem = target.CertificateAuthorityPem,
            UrlOrigin = "test",
            CertificateAuthorityOrigin = "test",
        });

        Assert.NotSame(byAddress, byName);
    }

    /// <summary>A kept connection leads where it was opened to. A pull that is to go elsewhere has no use for it.</summary>
    [Theory]
    [InlineData("https://other.example.com:6443", "api.example.com", "http://proxy.example.com:3128")]
    [InlineData("https://api.example.com:443", "api.example.com", "http://proxy.example.com:3128")]
    [InlineData("https://api.example.com:6443", "other.example.com", "http://proxy.example.com:3128")]
    [InlineData("https://api.example.com:6443", "api.example.com", "https://proxy.example.com:3128")]
    [InlineData("https://api.example.com:6443", "api.example.com", "http://other.example.com:3128")]
    [InlineData("https://api.example.com:6443", "api.example.com", "http://proxy.example.com:3129")]
    [InlineData("https://api.example.com:6443", "api.example.com", null)]
    public async Task A_link_that_leads_elsewhere_is_another(string url, string name, string? proxy)
    {
        await using var server = await Server();
        var authority = WorkloadSearch.TargetOf(server).CertificateAuthorityPem;
        using var links = new ApiServerLinks(maxIdle: 4);

        var first = LinkOf("https://api.example.com:6443", "api.example.com", "http://proxy.example.com:3128");
        var same = LinkOf("https://api.example.com:6443", "api.example.com", "http://proxy.example.com:3128");
        var other = LinkOf(url, name, proxy);

        Assert.Same(first, same);
        Assert.NotSame(first, other);

        ApiServerLink LinkOf(string url, string name, string? proxy)
        {
            Assert.Null(ServerUrl.Parse(url, out var parsed));
            var target = new ApiServerTarget
            {
                Url = parsed,
                TlsServerName = name,
                HasTlsServerName = true,
                CertificateAuthorityPem = authority,
                UrlOrigin = "test",
                CertificateAuthorityOrigin = "test",
            };
            using var lease = links.Take(
                new ApiServerRoute(target, proxy is null ? null : ProxyServer.Parse(proxy, "HTTPS_PROXY", out _))).Value!;
            return lease.Link;
        }
    }

    [Fact]
    public async Task The_node_and_a_workload_never_share_a_link()
    {
        await using var server = await Server();
        var discovery = new ApiServerDiscovery { KubeconfigFlag = server.WriteKubeconfig(_root.FullName) };
        var target = discovery.Find().Value!;
        using var links = new ApiServerLinks(maxIdle: 4);

        var (workload, node) = (LinkOf(isNode: false), LinkOf(isNode: true));

        Assert.NotSame(workload, node);
        Assert.Equal((false, true), (workload.IsNode, node.IsNode));
        Assert.Equal((null, "node1"), (workload.NodeName, node.NodeName));
        Assert.Same(workload, LinkOf(isNode: false));
        Assert.Same(node, LinkOf(isNode: true));

        ApiServerLink LinkOf(bool isNode)
        {
            using (var certificate = NodeCertificate.Read(target).Value!)
            {
                using var lease = links.Take(new ApiServerRoute(target, proxy: null), isNode ? certificate : null).Value!;
                return lease.Link;
            }
        }
    }

    [Fact]
    public async Task Two_pulls_at_once_have_two_links()
    {
        await using var server = await Server();
        using var links = new ApiServerLinks(maxIdle: 4);
        var target = WorkloadSearch.TargetOf(server);
        Take(links, target).Dispose();

        using var one = Take(links, target);
        using var other = Take(links, target);

        Assert.NotSame(one.Link, other.Link);
    }

    /// <summary>The next pull would take them for answers to what it asks, and they are of another workload.</summary>
    [Fact]
    public async Task A_link_whose_answers_nobody_read_connects_anew_for_the_next_pull()
    {
        await using var server = await Server();
        using var links = new ApiServerLinks(maxIdle: 1);
        var soon = Deadline.After(TimeSpan.FromSeconds(40));
        ApiServerLink left;
        using (var lease = Take(links, WorkloadSearch.TargetOf(server)))
        {
            left = lease.Link;
            var request = "GET /api/v1/namespaces/team-a/secrets/s HTTP/1.1\r\nHost: test\r\n\r\n"u8;
            Assert.Null(left.Ask([.. request, .. request], count: 2, soon)?.What);
            Assert.Null(left.ReadHead(soon, out _)?.What);
        }

        Assert.Equal((false, 0), (left.IsOpen, left.PendingAnswers));
        using var next = Take(links, WorkloadSearch.TargetOf(server));
        Assert.Null(next.Link.Ask("GET /api/v1/other HTTP/1.1\r\nHost: test\r\n\r\n"u8, count: 1, soon)?.What);
        Assert.Null(next.Link.ReadHead(soon, out _)?.What);
        Assert.Equal((2, "/api/v1/other"), (server.Requests.TcpConnections, server.Requests.All[^1].Path));
    }

    /// <summary>The API server ends it after 90 s.</summary>
    [Fact]
    public async Task An_idle_link_is_kept_for_a_minute()
    {
        await using var server = await Server();
        using var links = new ApiServerLinks(maxIdle: 1);

        var link = LinkTo(links, WorkloadSearch.TargetOf(server));

        Assert.InRange(link.IdleUntil.Remaining, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_lease_that_ends_twice_gives_nobody_elses_link_away()
    {
        await using var server = await Server();
        using var links = new ApiServerLinks(maxIdle: 4);
        var target = WorkloadSearch.TargetOf(server);
        var ended = Take(links, target);
        ended.Dispose();
        ended.Dispose();

        using var one = Take(links, target);
        using var other = Take(links, target);

        Assert.NotSame(one.Link, other.Link);
        Assert.Throws<ObjectDisposedException>(() => ended.Link);
    }

    /// <summary>The link that a pull has used; afterwards it is kept.</summary>
    private static ApiServerLink LinkTo(ApiServerLinks links, ApiServerTarget target)
    {
        using var lease = Take(links, target);
        return lease.Link;
    }

    private static ApiServerLease Take(ApiServerLinks links, ApiServerTarget target) =>
        links.Take(new ApiServerRoute(target, proxy: null)).Value!;

    private static async Task<KubeApiServer> Server()
    {
        var server = await KubeApiServer.StartAsync();
        // What serves the pull, so that the first answer does.
        server.Cluster.Allow("team-a", "puller").SetSecrets(
            "team-a", [Secret.DockerConfigJson("s", ("reg.example.com", RegistryEntry.Basic("user", "password")))]);
        return server;
    }

    private static ApiStatistics Fetch(PullResources resources, KubeApiServer server)
    {
        using var pull = new WorkloadSearch(server);
        var fetched = resources.FetchNamespace(pull.Search, Deadline.After(TimeSpan.FromSeconds(40)));
        Assert.Null(fetched.Failure?.Message);
        return fetched.Use;
    }

    private static Failure? FetchThrough(PullResources resources, KubeApiServer server, ConnectProxy proxy, string login)
    {
        var url = proxy.Url.Replace("://", $"://{login}@", StringComparison.Ordinal);
        using var pull = new WorkloadSearch(server, ProxyServer.Parse(url, "HTTPS_PROXY", out _));
        return resources.FetchNamespace(pull.Search, Deadline.After(TimeSpan.FromSeconds(40))).Failure;
    }

    /// <summary>The server sees the end of a connection when it comes to read again.</summary>
    private static async Task NoConnection(KubeApiServer server)
    {
        for (var end = Environment.TickCount64 + 20_000; server.Requests.OpenConnections > 0 && Environment.TickCount64 < end;)
        {
            await Task.Delay(10);
        }

        Assert.Equal(0, server.Requests.OpenConnections);
    }
}
