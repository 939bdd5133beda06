using System.Globalization;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// <c>--secrets annotation</c> and <c>auto</c>: the ServiceAccount names the Secrets, and the workload may get those alone.
/// </summary>
public sealed class AnnotationWayTests
{
    private const string Key = "fast-provider/secrets";
    private const string Path = "/api/v1/namespaces/team-a/secrets/";

    [Fact]
    public async Task Each_named_Secret_is_one_GET_as_the_workload_and_all_share_a_connection()
    {
        await using var scene = await StartAsync(One("a"), One("b"), One("c"), One("unnamed"));

        var run = await PullAsync(scene, " b ,a,,\tb, c,");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal([Path + "b", Path + "a", Path + "c"], scene.Server.Requests.All.Select(r => r.Path));
        Assert.All(scene.Server.Requests.All, r =>
        {
            Assert.Equal(("GET", "system:serviceaccount:team-a:puller"), (r.Method, r.User));
            Assert.False(string.IsNullOrEmpty(r.QueryValue("timeout")));
        });
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        Assert.Contains("; 3 Secrets read; ", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b", "a")]
    [InlineData("b,a", "b")]
    [InlineData("c,b,a", "c")]
    public async Task Of_equal_matches_the_first_named_wins_however_new_the_others_are(string names, string winner)
    {
        await using var scene = await StartAsync(
            One("a").CreatedAt("2026-02-01T00:00:00Z"), One("b").CreatedAt("2026-03-01T00:00:00Z"),
            One("c").CreatedAt("2026-01-01T00:00:00Z"));

        (await PullAsync(scene, names)).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, winner, "password-" + winner);
    }

    [Fact]
    public async Task A_longer_path_beats_the_order()
    {
        await using var scene = await StartAsync(
            One("a"), Secret.DockerConfigJson("b", ("localhost:5000/mirror", RegistryEntry.Basic("b", "password-b"))));

        (await PullAsync(scene, "a,b")).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "b", "password-b");
    }

    [Fact]
    public async Task The_first_named_wins_also_if_it_is_allowed_only_at_the_second_try()
    {
        await using var scene = await StartAsync(One("a"), One("b"));
        scene.Server.Script.When(r => r.Path == Path + "a" && r.Attempt == 1, Respond.Recorded("get-secret-403"));

        var run = await PullAsync(scene, "a,b");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "a", "password-a");
        Assert.Equal([Path + "a", Path + "b", Path + "a"], scene.Server.Requests.All.Select(r => r.Path));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_missing_Secret_is_a_warning_and_the_others_serve()
    {
        await using var scene = await StartAsync(One("b"));
        scene.Server.Cluster.AllowGet(PullScene.Namespace, PullScene.ServiceAccount, "gone");

        var run = await PullAsync(scene, "gone,b");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "b", "password-b");
        Assert.Contains("warning: Secret gone does not exist in namespace team-a", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("; 1 Secrets read; ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Secret_of_another_type_and_a_broken_one_are_warnings()
    {
        await using var scene = await StartAsync(
            Secret.OfDocument(
                "opaque", "Opaque", ".dockerconfigjson",
                "{\"auths\":{\"localhost:5000\":{\"auth\":\"b3BhcXVlOm9wYXF1ZS1wYXNz\"}}}"),
            Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{\"auths\":{\"localhost:5000\":"),
            Secret.DockerCfg("legacy", ("localhost:5000", RegistryEntry.Basic("legacy", "password-legacy"))));

        var run = await PullAsync(scene, "opaque,broken,legacy");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "legacy", "password-legacy");
        Assert.Contains("Secret opaque: its type is none that holds registry credentials", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("Secret broken: .dockerconfigjson is not whole, valid JSON", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Secret_that_stays_forbidden_fails_the_run_and_says_what_allows_it()
    {
        await using var scene = await StartAsync(One("b"));
        scene.Secrets(One("a"), One("b"));

        var line = (await PullAsync(scene, "b,a")).Fails();

        Assert.Contains(
            "ServiceAccount team-a/puller may not get Secret a in namespace team-a (403 Forbidden) (after 2 tries)", line,
            StringComparison.Ordinal);
        Assert.Contains(
            "kubectl -n team-a create role registry-secrets-puller --verb=get --resource=secrets --resource-name=b"
                + " --resource-name=a &&",
            line, StringComparison.Ordinal);
        Assert.Contains("--serviceaccount=team-a:puller", line, StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
        Assert.Equal([Path + "b", Path + "a", Path + "a"], scene.Server.Requests.All.Select(r => r.Path));
    }

    [Theory]
    [InlineData(null, "the kubelet passed no annotation fast-provider/secrets of ServiceAccount team-a/puller along")]
    [InlineData("", "annotation fast-provider/secrets of ServiceAccount team-a/puller names none")]
    [InlineData(" , ,", "annotation fast-provider/secrets of ServiceAccount team-a/puller names none")]
    public async Task Without_a_name_nothing_is_asked_and_the_line_says_so(string? annotation, string why)
    {
        await using var scene = await StartAsync(One("a"));
        scene.Kubeconfig = System.IO.Path.Combine(scene.Node.Root, "no-such-kubeconfig"); // would be an error if it were opened

        var run = await PullAsync(scene, annotation);

        run.Answers().IsEmpty();
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Contains($"; 0 Secrets read, as {why}", run.Stderr, StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task What_cannot_be_a_name_never_gets_into_a_path()
    {
        await using var scene = await StartAsync(One("a"));

        var run = await PullAsync(scene, "../pods/x,a,A,x y,a%2f,-a,a.,a..b,b?watch=1");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal([Path + "a"], scene.Server.Requests.All.Select(r => r.Path));
        Assert.Contains(
            "names \"../pods/x\" and 7 more, which cannot be the name of a Secret", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thirty_two_names_are_read_and_one_more_is_an_error_before_anything_is_asked()
    {
        var all = Enumerable.Range(1, 33).Select(i => One(string.Create(CultureInfo.InvariantCulture, $"s{i}"))).ToArray();
        await using var scene = await StartAsync(all);
        var names = all.Select(s => s.Name).ToArray();

        (await PullAsync(scene, string.Join(',', names[..32]) + ",s1, s32")).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "s1", "password-s1");
        Assert.Equal((32, 1), (scene.Server.Requests.All.Count, scene.Server.Requests.TcpConnections));

        var line = (await PullAsync(scene, string.Join(',', names))).Fails();

        Assert.Contains(
            "ServiceAccount team-a/puller names more than 32 Secrets in its annotation fast-provider/secrets", line,
            StringComparison.Ordinal);
        Assert.Equal((32, 1), (scene.Server.Requests.All.Count, scene.Server.Requests.TcpConnections));
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task Another_key_can_be_chosen()
    {
        await using var scene = await StartAsync(One("a"), One("b"));

        var run = await PullAsync(
            scene, new() { [Key] = "a", ["example.com/pull"] = "b" }, "annotation", "--secrets-annotation", "example.com/pull");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal([Path + "b"], scene.Server.Requests.All.Select(r => r.Path));
    }

    [Fact]
    public async Task Auto_takes_the_annotation_where_there_is_one()
    {
        await using var scene = await StartAsync(One("a"), One("b"));

        (await PullAsync(scene, new() { [Key] = "b" }, "auto")).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal([Path + "b"], scene.Server.Requests.All.Select(r => r.Path));
    }

    [Fact]
    public async Task Auto_takes_an_empty_annotation_too()
    {
        await using var scene = await StartAsync(One("a"));

        (await PullAsync(scene, new() { [Key] = "" }, "auto")).Answers().IsEmpty();

        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task Auto_lists_the_namespace_without_an_annotation()
    {
        await using var scene = await PullScene.StartAsync();

        (await PullAsync(scene, [], "auto")).Answers().ClaimsPrivate(PullScene.Image);

        Assert.All(scene.Server.Requests.All, r => Assert.Equal("/api/v1/namespaces/team-a/secrets", r.Path));
    }

    [Fact]
    public async Task The_default_way_does_not_look_at_the_annotation()
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { [Key] = "a" }
        };

        (await scene.PullAsync(request, scene.Arguments())).Answers().ClaimsPrivate(PullScene.Image);

        Assert.All(scene.Server.Requests.All, r => Assert.Equal("/api/v1/namespaces/team-a/secrets", r.Path));
    }

    [Fact]
    public async Task The_way_is_also_a_variable()
    {
        await using var scene = await StartAsync(One("a"));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["example.com/s"] = "a" }
        };

        var run = await scene.PullAsync(request, scene.Arguments(), new Dictionary<string, string>
        {
            ["FAST_PROVIDER_SECRETS"] = "annotation",
            ["FAST_PROVIDER_SECRETS_ANNOTATION"] = "example.com/s",
        });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal([Path + "a"], scene.Server.Requests.All.Select(r => r.Path));
    }

    public static TheoryData<string> PassingFaults => ["429", "500", "503", "closed", "cut"];

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task What_passes_is_asked_again_and_what_was_answered_is_not(string fault)
    {
        await using var scene = await StartAsync(One("a"), One("b"), One("c"));
        scene.Server.Script.When(r => r.Path == Path + "b" && r.Attempt == 1, fault switch
        {
            "429" => Respond.TooManyRequests(1),
            "closed" => exchange =>
            {
                exchange.CloseAfterwards();
                return Task.CompletedTask;
            },
            "cut" => async exchange =>
            {
                var answer = await exchange.RenderNormallyAsync();
                await exchange.SendAsync(answer.WithContentLength().AsMemory()[..^40]);
                await exchange.FlushAsync();
                exchange.CloseAfterwards();
            },
            _ => Respond.Synthesised(int.Parse(fault, CultureInfo.InvariantCulture)),
        });

        (await PullAsync(scene, "a,b,c")).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "a", "password-a");
        Assert.Equal(1, scene.Server.Requests.All.Count(r => r.Path == Path + "a"));
        Assert.Equal(2, scene.Server.Requests.All.Count(r => r.Path == Path + "b"));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_named_as_in_the_default_way()
    {
        await using var scene = await StartAsync(One("a"));
        scene.Token = scene.Server.Cluster.Tokens.Issue(
            PullScene.Namespace, PullScene.ServiceAccount, audience: "https://elsewhere.example");

        var line = (await PullAsync(scene, "a")).Fails();

        Assert.Contains("(401 Unauthorized): its aud is \"https://elsewhere.example\"", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"b","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a","namespace":"team-b"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"kind":"SecretList","apiVersion":"v1","metadata":{"name":"a","namespace":"team-a"},"items":[]}""")]
    [InlineData("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a","namespace":"team-a"}""")]
    [InlineData("""[]""")]
    public async Task An_answer_about_something_else_is_refused(string json)
    {
        await using var scene = await StartAsync(One("a"));
        scene.Server.Script.Always(Respond.Document(json));

        var line = (await PullAsync(scene, "a")).Fails();

        Assert.Contains("something other than Secret team-a/a", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--secrets=all", "--secrets: \"all\" is none of namespace, annotation, pod, auto")]
    [InlineData("--secrets-annotation=a b", "--secrets-annotation: \"a b\" is no key of an annotation")]
    public async Task A_wrong_flag_is_wrong_usage(string flag, string said)
    {
        await using var scene = await PullScene.StartAsync();

        Assert.Contains(said, (await scene.PullAsync(flag)).Fails(exitCode: 2), StringComparison.Ordinal);
    }

    /// <summary>Only the Secrets given may be read, each by name; a list is forbidden.</summary>
    private static async Task<PullScene> StartAsync(params Secret[] secrets)
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets(secrets);
        scene.Server.Cluster.ForbidAll()
            .AllowGet(PullScene.Namespace, PullScene.ServiceAccount, [.. secrets.Select(s => s.Name)]);
        return scene;
    }

    private static Task<PluginRun> PullAsync(PullScene scene, string? annotation) =>
        PullAsync(scene, annotation is null ? [] : new() { [Key] = annotation }, "annotation");

    private static Task<PluginRun> PullAsync(
        PullScene scene, Dictionary<string, string> annotations, string way, params string[] more) =>
        scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token) { Annotations = annotations },
            scene.Arguments(["--secrets", way, .. more]));

    private static AuthFile Served(PullScene scene) => AuthFile.Read(scene.AuthFilePath);

    private static Secret One(string name) =>
        Secret.DockerConfigJson(name, ("localhost:5000", RegistryEntry.Basic(name, "password-" + name)));
}
