using System.Collections.Concurrent;
using System.Globalization;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using Xunit.Abstractions;

namespace FastProvider.Tests.Agent;

/// <summary>One agent and many pulls of many namespaces. More of them with FAST_PROVIDER_SOAK_PULLS.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Namespaces = 50, AtOnce = 4;

    private static readonly int Pulls =
        int.TryParse(Environment.GetEnvironmentVariable("FAST_PROVIDER_SOAK_PULLS"), CultureInfo.InvariantCulture, out var given)
            ? given : 3_000;

    [Fact]
    public async Task Memory_and_descriptors_stay_flat_and_every_pull_gets_its_file()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        var (arguments, requests) = (scene.Arguments(), Requests(scene));
        await PullAsync(agent, arguments, requests, scene, Pulls / 3);
        var warm = agent.Descriptors;

        await PullAsync(agent, arguments, requests, scene, Pulls);

        Assert.InRange(agent.Descriptors, 1, warm + AtOnce);
        Assert.True(
            SpinWait.SpinUntil(() => agent.ResidentKiB <= 24 * 1024, TimeSpan.FromSeconds(30)),
            $"Idle after {Pulls} pulls it has {agent.ResidentKiB} KiB.");
        output.WriteLine($"{Pulls} pulls: descriptors {warm} -> {agent.Descriptors}, {agent.ResidentKiB} KiB");
        // A kept link serves one pull at a time.
        Assert.InRange(scene.Server.Requests.TcpConnections, 1, AtOnce * 2);
        Assert.Equal("0", (await agent.StatusAsync())["grants"]);
    }

    /// <summary>It closes, resets, hangs, sends pulls away for a second, and changes its certificate.</summary>
    [Fact]
    public async Task A_server_that_fails_in_every_way_costs_no_pull_and_leaves_nothing_behind()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        scene.Timeout = "8s";
        var (arguments, requests) = (scene.Arguments(), Requests(scene));
        await PullAsync(agent, arguments, requests, scene, Pulls / 3);
        var warm = (agent.Descriptors, Handshakes: await NumberAsync(agent, "API handshakes"));
        var (faults, closed, reset, late, away, rotated) = (0, 0, 0, 0, 0, 0);
        // A pull has two requests. What was made for this pull, or has begun to answer, is waited for to the end, and the pull
        // fails: a kept connection is only left if it answers nothing at all.
        var requestsOf = new ConcurrentDictionary<int, int>();
        bool BeginsOnKeptConnection(ReceivedRequest request) =>
            requestsOf.GetValueOrDefault(request.Connection) > 2
            && request.Query.Contains("dockerconfigjson", StringComparison.Ordinal); // the first of the two
        scene.Server.Script.When(request =>
        {
            requestsOf.AddOrUpdate(request.Connection, 1, (_, count) => count + 1);
            return request.Number % 25 == 0;
        }, exchange =>
        {
            var fault = Interlocked.Increment(ref faults);
            switch (fault % 16)
            {
                case 10 or 11 or 12 when late < 2 && BeginsOnKeptConnection(exchange.Request):
                    late++;
                    return Respond.Never()(exchange);
                case 3:
                    away++;
                    return Respond.TooManyRequests(1)(exchange);
                case 7 or 15:
                    rotated++;
                    scene.Server.RotateCertificate();
                    return Respond.WithConnectionClose()(exchange);
                case 1 or 5 or 9 or 13:
                    reset++;
                    return Respond.Reset()(exchange);
                default:
                    closed++;
                    return Respond.ClosedBeforeHead()(exchange);
            }
        });

        await PullAsync(agent, arguments, requests, scene, Pulls / 3);

        Assert.True(closed > 5 && reset > 2 && late > 0 && away > 0 && rotated > 1, "The server did not fail in each way.");
        Assert.True(await NumberAsync(agent, "API handshakes") >= warm.Handshakes + closed + reset);
        Assert.InRange(agent.Descriptors, 1, warm.Descriptors + AtOnce);
        Assert.True(
            SpinWait.SpinUntil(() => agent.ResidentKiB <= 24 * 1024, TimeSpan.FromSeconds(30)),
            $"Idle after a server that fails it has {agent.ResidentKiB} KiB.");
        output.WriteLine($"closed {closed}, reset {reset}, late {late}, sent away {away}, certificates {rotated}");
    }

    private static async Task<int> NumberAsync(NodeAgent agent, string name) =>
        int.Parse((await agent.StatusAsync())[name], CultureInfo.InvariantCulture);

    private static (string Namespace, byte[] Request)[] Requests(PullScene scene) =>
    [
        .. Enumerable.Range(0, Namespaces).Select(i =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"soak-{i}");
            scene.Server.Cluster.Allow(name, PullScene.ServiceAccount).SetSecrets(name,
                [Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic(name, "mirror-password")))]);
            var token = scene.Server.Cluster.Tokens.Issue(name, PullScene.ServiceAccount);
            return (name, new KubeletRequest(PullScene.Image, token).ToBytes());
        }),
    ];

    private static async Task PullAsync(
        NodeAgent agent, string[] arguments, (string Namespace, byte[] Request)[] requests, PullScene scene, int pulls)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Factory.StartNew(() =>
        {
            // Each namespace has one worker, so that what lies in its slot is this pull's.
            for (int i; (i = Interlocked.Increment(ref next)) < pulls;)
            {
                var (name, request) = requests[((i / AtOnce * AtOnce) + worker) % Namespaces];
                lock (request)
                {
                    var run = HandedRun.Of(agent.Socket, arguments, request);
                    Assert.True(run.ExitStatus == 0, run.Line);
                    var path = EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, name, PullScene.Image);
                    EndToEnd.AuthFile.Read(path).Serves(PullScene.MirrorRepository, name, "mirror-password");
                    File.Delete(path); // as CRI-O has taken it
                }
            }
        }, TaskCreationOptions.LongRunning)));
        Assert.True(SpinWait.SpinUntil(
            () => agent.StatusAsync().Result["grants"] is "0", TimeSpan.FromSeconds(20)), "Grants are left.");
    }
}
