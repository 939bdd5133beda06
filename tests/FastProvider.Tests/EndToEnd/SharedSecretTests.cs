using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// <c>--shared-secrets</c>: Secrets of a platform's namespace, which each pull asks for as the workload. RBAC says who gets them.
/// </summary>
public sealed class SharedSecretTests
{
    private const string Lists = "/api/v1/namespaces/team-a/secrets", Platform = "/api/v1/namespaces/platform/secrets/";

    [Fact]
    public async Task It_serves_pods_that_may_get_it_and_costs_no_round_trip()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));

        var run = await PullAsync(scene, "platform/mirrors");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "mirrors", "password-mirrors");
        Assert.Equal([Lists, Lists, Platform + "mirrors"], scene.Server.Requests.All.Select(r => r.Path));
        Assert.All(scene.Server.Requests.All, r => Assert.Equal("system:serviceaccount:team-a:puller", r.User));
        Assert.DoesNotContain("resourceVersion", scene.Server.Requests.All[2].Query, StringComparison.Ordinal);
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        Assert.Contains("Secret platform/mirrors", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("; 1 Secrets read; ", run.Stderr, StringComparison.Ordinal);
    }

    /// <summary>As the recordings have it: 403 where nobody said yes, 404 where somebody did and there is none.</summary>
    [Fact]
    public async Task One_that_is_not_for_the_pod_is_no_failure_and_said_to_who_looks_alone()
    {
        await using var scene = await StartAsync(["gone"], One("others"));
        scene.Secrets(One("own"));

        var run = await PullAsync(scene, "platform/others,platform/gone");
        File.Delete(scene.AuthFilePath);
        var debug = await PullAsync(scene, "platform/others,platform/gone", "--log-level", "debug");

        run.Answers().ClaimsPrivate(PullScene.Image);
        debug.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "own", "password-own");
        Assert.DoesNotContain("platform", run.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(
            "; shared Secret platform/others: not for this pod (403 Forbidden)"
                + "; shared Secret platform/gone: not for this pod (404 Not Found)",
            debug.Stderr, StringComparison.Ordinal);
    }

    /// <summary>A webhook or a proxy in the way of an authorizer answers in words of its own.</summary>
    [Fact]
    public async Task A_refusal_need_not_be_JSON()
    {
        await using var scene = await StartAsync([], One("mirrors"));
        scene.Secrets(One("own"));
        scene.Server.Script.When(
            r => r.Path == Platform + "mirrors",
            Respond.Verbatim(
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nnever\n"u8.ToArray()));

        (await PullAsync(scene, "platform/mirrors")).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "own", "password-own");
    }

    [Theory]
    [InlineData("platform/a,platform/b", "a")]
    [InlineData("platform/b,platform/a", "b")]
    public async Task Of_equal_matches_the_first_of_the_flag_wins(string shared, string winner)
    {
        await using var scene = await StartAsync(
            ["a", "b"], One("a").CreatedAt("2026-02-01T00:00:00Z"), One("b").CreatedAt("2026-03-01T00:00:00Z"));

        (await PullAsync(scene, shared)).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, winner, "password-" + winner);
    }

    [Theory]
    [InlineData("namespace")]
    [InlineData("annotation")]
    public async Task Of_equal_matches_the_pods_own_namespace_wins_however_old_and_late(string way)
    {
        await using var scene = await StartAsync(["new"], One("new").CreatedAt("2026-03-01T00:00:00Z"));
        scene.Secrets(One("x"), One("y").CreatedAt("1960-01-01T00:00:00Z"));

        (await PullInWayAsync(scene, way, "platform/new,x,y", "platform/new")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "x", "password-x");
    }

    [Fact]
    public async Task A_longer_path_of_a_shared_one_wins()
    {
        await using var scene = await StartAsync(
            ["exact"], Secret.DockerConfigJson("exact", ("localhost:5000/mirror", RegistryEntry.Basic("e", "password-exact"))));
        scene.Secrets(One("own"));

        (await PullAsync(scene, "platform/exact")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "e", "password-exact");
    }

    [Fact]
    public async Task The_pods_of_the_platform_itself_list_it_once()
    {
        await using var scene = await PullScene.StartAsync();

        (await PullAsync(scene, "team-a/mirror-creds")).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal([Lists, Lists], scene.Server.Requests.All.Select(r => r.Path));
    }

    /// <summary>Of the cache's two LISTs nothing served a mirror: what the shared one says counts with the store's.</summary>
    [Fact]
    public async Task A_Secret_made_a_moment_ago_is_found_beside_a_shared_one_that_does_not_serve()
    {
        await using var scene = await StartAsync(
            ["source"], Secret.DockerConfigJson("source", ("registry.invalid", RegistryEntry.Basic("s", "password-s"))));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(One("own"));

        (await PullAsync(scene, "platform/source")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "own", "password-own");
        Served(scene).Serves(PullScene.Image, "s", "password-s");
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task Nothing_is_asked_twice_where_a_shared_one_serves_the_mirror()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Server.Cluster.WatchCache.Lag();

        (await PullAsync(scene, "platform/mirrors")).Answers();

        Assert.Equal(3, scene.Server.Requests.All.Count);
    }

    [Theory]
    [InlineData("platform/mirrors,own", "own")]
    [InlineData("platform/mirrors", "mirrors")]
    [InlineData("team-a/own", "own")]
    public async Task An_annotation_may_name_it(string names, string winner)
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Secrets(One("own"));

        (await PullInWayAsync(scene, "annotation", names, "")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, winner, "password-" + winner);
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    /// <summary>Somebody named it for this very pod, so he wants to know.</summary>
    [Fact]
    public async Task One_that_an_annotation_names_and_that_is_refused_is_a_warning()
    {
        await using var scene = await StartAsync([], One("mirrors"));
        scene.Secrets(One("own"));

        var run = await PullInWayAsync(scene, "annotation", "platform/mirrors,own", "");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains(
            "warning: ServiceAccount team-a/puller may not get Secret platform/mirrors, which is named for it (403 Forbidden);"
                + " allow it: fast-provider generate rbac --shared-secret platform/mirrors --namespace team-a", run.Stderr,
            StringComparison.Ordinal);
    }

    /// <summary>A pull that comes to nothing says which shared ones were not for it: somebody will look for the cause.</summary>
    [Fact]
    public async Task A_pull_without_any_credential_names_those_that_were_refused_and_asks_for_them_once()
    {
        await using var scene = await StartAsync([], One("mirrors"));

        var run = await PullAsync(scene, "platform/mirrors");

        run.Answers().IsEmpty();
        Assert.Contains(
            "; shared Secret platform/mirrors: not for this pod (403 Forbidden)", run.Stderr, StringComparison.Ordinal);
        // Two LISTs of the cache with the GET, then two of the store.
        Assert.Equal(
            [Lists, Lists, Platform + "mirrors", Lists, Lists], scene.Server.Requests.All.Select(r => r.Path));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    /// <summary>As docs/credentials.md has it: teams that need no Secret of their own need no right to list, either.</summary>
    [Fact]
    public async Task A_ServiceAccount_that_may_do_nothing_else_needs_no_more()
    {
        await using var scene = await StartAsync([], One("mirrors"));
        scene.Server.Cluster.ForbidAll().AllowGetToGroup("platform", PullScene.Namespace, "mirrors");

        var run = await PullInWayAsync(scene, "annotation", "", "platform/mirrors");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains("; 1 Secrets read; ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_annotation_those_of_the_flag_are_read()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));

        (await PullInWayAsync(scene, "annotation", "", "platform/mirrors")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "mirrors", "password-mirrors");
        Assert.Equal([Platform + "mirrors"], scene.Server.Requests.All.Select(r => r.Path));
    }

    /// <summary>The token never goes over the node's connection, nor the node's certificate with the token.</summary>
    [Fact]
    public async Task In_the_pod_mode_it_is_read_with_the_token_over_a_connection_of_its_own()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", []));

        (await PullInWayAsync(scene, "pod", "", "platform/mirrors")).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "mirrors", "password-mirrors");
        Assert.Equal(
            ["system:node:node1", "system:serviceaccount:team-a:puller"], scene.Server.Requests.All.Select(r => r.User));
        Assert.DoesNotContain("Authorization", scene.Server.Requests.All[0].Headers.Keys);
        Assert.Equal(2, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_broken_one_is_a_warning_with_its_namespace()
    {
        await using var scene = await StartAsync(
            ["broken"], Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{\"auths\":"));

        var run = await PullAsync(scene, "platform/broken");

        run.Answers();
        Assert.Contains("warning: Secret platform/broken: .dockerconfigjson is not whole", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stumbles_over_it_is_asked_for_all_again()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Server.Script.When(r => r.Path == Platform + "mirrors" && r.Attempt == 1, Respond.TooManyRequests(1));

        (await PullAsync(scene, "platform/mirrors")).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "mirrors", "password-mirrors");
    }

    [Fact]
    public async Task A_server_that_stays_broken_for_it_fails_the_pull()
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Timeout = "2s";
        scene.Secrets(One("own"));
        scene.Server.Script.When(r => r.Path == Platform + "mirrors", Respond.Synthesised(500));

        Assert.Contains("status 500", (await PullAsync(scene, "platform/mirrors")).Fails(), StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("team-b", "mirrors")]
    [InlineData("platform", "others")]
    public async Task An_answer_about_another_Secret_is_refused(string @namespace, string name)
    {
        await using var scene = await StartAsync(["mirrors"], One("mirrors"));
        scene.Server.Script.When(
            r => r.Path == Platform + "mirrors",
            Respond.Document(
                $$$"""
                {"kind":"Secret","metadata":{"name":"{{{name}}}","namespace":"{{{@namespace}}}"},"type":"{{{Secret.DockerConfigJsonType}}}"}
                """));

        Assert.Contains(
            "answered something other than Secret platform/mirrors", (await PullAsync(scene, "platform/mirrors")).Fails(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mirrors")]
    [InlineData("platform/")]
    [InlineData("/mirrors")]
    [InlineData("a.b/mirrors")]
    [InlineData("platform/Mirrors")]
    [InlineData("platform/mirrors/x")]
    [InlineData("platform/a,,platform/b")]
    [InlineData("p/1,p/2,p/3,p/4,p/5,p/6,p/7,p/8,p/9")]
    public async Task What_is_no_list_of_eight_is_wrong_usage(string shared)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await PullAsync(scene, shared);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--shared-secrets: \"{shared}\" is no list of at most 8 Secrets", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eight_are_asked_for_side_by_side()
    {
        await using var scene = await StartAsync([]);
        var eight = string.Join(", ", Enumerable.Range(1, 8).Select(i => $"platform/s{i}"));
        scene.Secrets(One("own"));

        (await PullAsync(scene, eight)).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal((10, 1), (scene.Server.Requests.All.Count, scene.Server.Requests.TcpConnections));
    }

    /// <summary>The workload's namespace has no Secrets; of the platform's its ServiceAccounts may get those named.</summary>
    private static async Task<PullScene> StartAsync(string[] readable, params Secret[] shared)
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets().Server.Cluster.SetSecrets("platform", shared)
            .AllowGetToGroup("platform", PullScene.Namespace, readable);
        foreach (var document in shared.SelectMany(secret => secret.Data.Values))
        {
            scene.Hide(Encoding.UTF8.GetString(document));
        }

        return scene;
    }

    private static Task<PluginRun> PullAsync(PullScene scene, string shared, params string[] more) =>
        scene.PullAsync(["--shared-secrets", shared, .. more]);

    private static Task<PluginRun> PullInWayAsync(PullScene scene, string way, string names, string shared)
    {
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = names.Length == 0 ? [] : new Dictionary<string, string> { ["fast-provider/secrets"] = names },
        };
        return scene.PullAsync(request, scene.Arguments("--secrets", way, $"--shared-secrets={shared}"));
    }

    private static AuthFile Served(PullScene scene) => AuthFile.Read(scene.AuthFilePath);

    private static Secret One(string name) =>
        Secret.DockerConfigJson(name, ("localhost:5000", RegistryEntry.Basic(name, "password-" + name)));
}
