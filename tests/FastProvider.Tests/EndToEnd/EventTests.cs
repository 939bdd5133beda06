using System.Globalization;
using System.Text;
using FastProvider.Tests.ApiServer;
using k8s;
using k8s.Models;
using static FastProvider.Tests.EndToEnd.ToldEvents;

namespace FastProvider.Tests.EndToEnd;

/// <summary><c>--events</c>: what a tenant can mend stands on the pod.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task A_workload_that_may_not_list_gets_an_Event_that_says_what_allows_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();

        (await PullAsync(scene)).Fails();

        var told = KubernetesJson.Deserialize<Eventsv1Event>((await EventsAsync(scene, 1))[0].ToJsonString(), null);
        Assert.Equal(
            ("team-a", "MirrorCredentialsForbidden", "Warning", "PullImage", "fast-provider", "node1"),
            (
                told.Metadata.NamespaceProperty, told.Reason, told.Type, told.Action, told.ReportingController,
                told.ReportingInstance));
        Assert.Equal(
            ("v1", "Pod", "team-a", TokenIssuer.PodName, TokenIssuer.PodUid),
            (
                told.Regarding.ApiVersion, told.Regarding.Kind, told.Regarding.NamespaceProperty, told.Regarding.Name,
                told.Regarding.Uid));
        Assert.StartsWith(
            "No mirror credentials for registry.invalid/app: ServiceAccount team-a/puller may not list Secrets in namespace"
                + " team-a (403 Forbidden); allow it with a Role and a RoleBinding: kubectl -n team-a create role",
            told.Note, StringComparison.Ordinal);
        Assert.Null(told.Series);
        Assert.StartsWith(TokenIssuer.PodName + ".", told.Metadata.Name, StringComparison.Ordinal);
        var request = Assert.Single(Writes(scene));
        Assert.Equal(("POST", EventsPath, "system:node:node1"), (request.Method, request.Path, request.User));
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
    }

    [Fact]
    public async Task What_happens_again_within_a_minute_is_counted_and_told_once_later()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.Count == 1 && s.TriedAt > 0);

        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.Count == 2);
        await AgeAsync(StateFile(scene)!);
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.Count == 3 && IsRecent(s.TriedAt));

        await SeriesAsync(scene);
        var told = Assert.Single(await EventsAsync(scene, 1));
        Assert.Equal(3, told["series"]!["count"]!.GetValue<int>());
        Assert.Equal(["POST", "PATCH"], Writes(scene).Select(r => r.Method));
        Assert.Equal($"{EventsPath}/{told["metadata"]!["name"]}", Writes(scene)[1].Path);
    }

    /// <summary>Another image of the pod for the same reason: another note, so another Event.</summary>
    [Fact]
    public async Task What_another_Event_says_has_happened_once()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s is { Count: 1, TriedAt: > 0 });
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.Count == 2);
        await AgeAsync(StateFile(scene)!);

        var other = new KubeletRequest("registry.invalid/other", scene.Token);
        (await scene.PullAsync(other, scene.Arguments("--events"))).Fails();

        var told = await EventsAsync(scene, 2);
        await StateAsync(scene, s => s.Count == 1 && IsRecent(s.TriedAt));
        Assert.Equal(
            ["registry.invalid/app", "registry.invalid/other"],
            told.Select(e => e["note"]!.GetValue<string>().Split(' ')[4].TrimEnd(':')).Order());
        Assert.All(told, e => Assert.Null(e["series"]));
        Assert.Equal(["POST", "POST"], Writes(scene).Select(r => r.Method));
    }

    [Fact]
    public async Task An_Event_that_the_server_has_forgotten_is_made_anew()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.TriedAt > 0);
        scene.Server.Cluster.ForgetEvents();
        await AgeAsync(StateFile(scene)!);

        (await PullAsync(scene)).Fails();

        await WaitAsync(() => Writes(scene).Count == 3);
        Assert.Single(await EventsAsync(scene, 1));
        Assert.Equal(["POST", "PATCH", "POST"], Writes(scene).Select(r => r.Method));
    }

    [Fact]
    public async Task An_Event_that_the_node_has_forgotten_is_repeated()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.TriedAt > 0);
        await WriteUnlockedAsync(StateFile(scene)!, "");

        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.TriedAt > 0);

        await SeriesAsync(scene);
        Assert.Equal(2, Assert.Single(await EventsAsync(scene, 1))["series"]!["count"]!.GetValue<int>());
        Assert.Equal(["POST", "POST", "PATCH"], Writes(scene).Select(r => r.Method));
    }

    [Fact]
    public async Task A_missing_Secret_is_told_although_the_pull_has_its_credentials()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll().SetPod(
            new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "gone", "mirror-creds"));

        (await PullAsync(scene, "--secrets", "pod")).Answers().ClaimsPrivate(PullScene.Image);

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsSecretMissing", (string?)told["reason"]);
        Assert.Equal(
            "Mirror credentials for registry.invalid/app: Secret gone does not exist in namespace team-a", (string?)told["note"]);
    }

    [Fact]
    public async Task A_broken_entry_is_told_without_anything_that_stands_in_the_Secret()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(
            Secret.DockerConfigJson("broken", ("localhost:5000/mirror/app", new RegistryEntry { Auth = "not-base64-at-all!" })));

        (await PullAsync(scene)).Answers();

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsSecretBroken", (string?)told["reason"]);
        Assert.Equal(
            "Mirror credentials for registry.invalid/app: Secret broken: an entry is passed over: its auth is not base64",
            (string?)told["note"]);
    }

    [Fact]
    public async Task Names_beyond_the_bound_are_told()
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string>
            {
                ["fast-provider/secrets"] = string.Join(
                    ',', Enumerable.Range(1, 33).Select(i => i.ToString(CultureInfo.InvariantCulture))),
            },
        };

        (await scene.PullAsync(request, scene.Arguments("--events", "--secrets", "annotation"))).Fails();

        Assert.Equal("MirrorCredentialsTooManySecrets", (string?)(await EventsAsync(scene, 1))[0]["reason"]);
    }

    [Fact]
    public async Task An_API_server_without_answers_is_told_when_it_has_some_again()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "300ms";
        scene.Server.Script.When(r => r.Path.EndsWith("/secrets", StringComparison.Ordinal), Respond.Synthesised(503))
            .When(r => r.Path == EventsPath && r.Attempt == 1, Respond.Synthesised(503));

        (await PullAsync(scene)).Fails();

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsUnavailable", (string?)told["reason"]);
        Assert.Equal(2, Writes(scene).Count);
    }

    [Fact]
    public async Task A_long_note_is_cut_to_what_the_API_takes()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        var names = string.Join(',', Enumerable.Range(1, 30).Select(i => new string((char)('a' + (i % 26)), 100 + i)));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = names },
        };

        (await scene.PullAsync(request, scene.Arguments("--events", "--secrets", "annotation"))).Fails();

        var note = (string)(await EventsAsync(scene, 1))[0]["note"]!;
        Assert.Equal(1024, Encoding.UTF8.GetByteCount(note));
        Assert.EndsWith("...", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kubelet_has_its_answer_and_the_end_of_the_process_while_the_Event_is_still_on_its_way()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        var isReleased = new TaskCompletionSource();
        scene.Server.Script.When(r => r.Path == EventsPath, async exchange =>
        {
            await isReleased.Task;
            await exchange.AnswerNormallyAsync();
        });

        // Ends when the process has and both pipes are closed.
        (await PullAsync(scene)).Fails();

        Assert.Empty(scene.Server.Cluster.Events);
        isReleased.SetResult();
        await EventsAsync(scene, 1);
    }

    [Fact]
    public async Task An_Event_that_cannot_be_written_changes_nothing()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        var quiet = (await scene.PullAsync()).Fails();
        scene.Server.Script.When(r => r.Path == EventsPath, Respond.Recorded("get-secret-403"));

        Assert.Equal(quiet, (await PullAsync(scene)).Fails());

        await StateAsync(scene, s => s is { Count: 1, TriedAt: > 0 });
        Assert.Empty(scene.Server.Cluster.Events);
    }

    /// <summary>An API server that has no room, or refuses the right, is not asked the more for it.</summary>
    [Theory]
    [InlineData(500, 2)]
    [InlineData(503, 2)]
    [InlineData(429, 2)]
    [InlineData(403, 1)]
    [InlineData(400, 1)]
    public async Task Tries_are_counted_whatever_becomes_of_them(int status, int requests)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        scene.Server.Script.When(r => r.Path == EventsPath, Respond.Synthesised(status));

        for (var run = 1; run <= 5; run++)
        {
            (await PullAsync(scene)).Fails();
            await StateAsync(scene, s => s.Count == run && s.TriedAt > 0);
        }

        await WaitAsync(() => ReadUnlocked(StateFile(scene)!).Length > 0); // the last has ended
        Assert.Equal(requests, Writes(scene).Count);
        await AgeAsync(StateFile(scene)!);
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.Count == 6);
        await WaitAsync(() => Writes(scene).Count > requests); // a minute later it is asked again
    }

    [Fact]
    public async Task All_that_concerns_the_pod_stands_in_one_note_and_what_is_said_twice_once()
    {
        await using var scene = await PullScene.StartAsync();
        var broken = new RegistryEntry { Auth = "not-base64-at-all!" };
        scene.Secrets(
            Secret.DockerConfigJson(
                "broken", ("localhost:5000", broken), ("localhost:5000/mirror", broken), ("localhost:5000/mirror/app", broken)),
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))));
        scene.Server.Cluster.SetPod(
            new Pod(
                PullScene.Namespace, TokenIssuer.PodName, "node1", "gone", "broken", "Not_A_Name", "mirror-creds", "gone-too"));

        (await PullAsync(scene, "--secrets", "pod")).Answers().ClaimsPrivate(PullScene.Image);

        var told = (await EventsAsync(scene, 1))[0];
        var note = (string)told["note"]!;
        Assert.Equal("MirrorCredentialsSecretMissing", (string?)told["reason"]); // that of the first
        Assert.StartsWith(
            "Mirror credentials for registry.invalid/app: imagePullSecrets of pod team-a/", note, StringComparison.Ordinal);
        Assert.Contains("\"Not_A_Name\"", note, StringComparison.Ordinal);
        Assert.Contains("; Secret gone does not exist in namespace team-a", note, StringComparison.Ordinal);
        Assert.Contains("; Secret gone-too does not exist in namespace team-a", note, StringComparison.Ordinal);
        Assert.Single(note.Split("; "), n => n == "Secret broken: an entry is passed over: its auth is not base64");
    }

    [Fact]
    public async Task What_the_line_has_no_room_for_the_tenant_is_told_nevertheless()
    {
        await using var scene = await PullScene.StartAsync();
        var more = string.Concat(
            Enumerable.Range(0, 9).Select(i => $"[[registry.mirror]]\nlocation = \"localhost:5000/-{i}\"\n"));
        scene.Node.Configure(
            $"[[registry]]\nlocation = \"registry.invalid\"\n{more}[[registry.mirror]]\nlocation = \"localhost:5000/mirror\"\n");
        scene.Secrets(
            Secret.DockerConfigJson("broken", ("localhost:5000/mirror/app", new RegistryEntry { Auth = "not-base64-at-all!" })));

        var run = await PullAsync(scene);

        run.Answers();
        Assert.Contains("and 2 more", run.Stderr, StringComparison.Ordinal);
        Assert.EndsWith(
            ": Secret broken: an entry is passed over: its auth is not base64", (string)(await EventsAsync(scene, 1))[0]["note"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_stands_before_the_warnings()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "Not_A_Name,mirror-creds" },
        };

        (await scene.PullAsync(request, scene.Arguments("--events", "--secrets", "annotation"))).Fails();

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsForbidden", (string?)told["reason"]);
        Assert.Matches(
            "^No mirror credentials for registry.invalid/app: ServiceAccount team-a/puller may not get Secret .*; annotation .*"
                + " names \"Not_A_Name\"",
            (string)told["note"]!);
    }

    [Fact]
    public async Task Where_nobody_names_a_Secret_that_is_told()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1"));

        (await PullAsync(scene, "--secrets", "pod")).Answers().IsEmpty();

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsNoneNamed", (string?)told["reason"]);
        Assert.StartsWith(
            $"No mirror credentials for registry.invalid/app: pod team-a/{TokenIssuer.PodName} names no Secret in"
                + " imagePullSecrets",
            (string)told["note"]!,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "ServiceAccount team-a/puller has no annotation fast-provider/secrets that names Secrets")]
    [InlineData("", "annotation fast-provider/secrets of ServiceAccount team-a/puller names no Secret")]
    [InlineData(" ,", "annotation fast-provider/secrets of ServiceAccount team-a/puller names no Secret")]
    public async Task A_ServiceAccount_without_annotation_is_told(string? annotation, string note)
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = annotation is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["fast-provider/secrets"] = annotation },
        };

        (await scene.PullAsync(request, scene.Arguments("--events", "--secrets", "annotation"))).Answers().IsEmpty();

        var told = (await EventsAsync(scene, 1))[0];
        Assert.Equal("MirrorCredentialsNoneNamed", (string?)told["reason"]);
        Assert.StartsWith(
            $"No mirror credentials for registry.invalid/app: {note}", (string)told["note"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_node_itself_has_a_credential_for_the_mirror_nobody_must_name_one()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth(("localhost:5000", RegistryEntry.Basic("node", "password-of-the-node")));
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1"));
        (await PullAsync(scene, "--secrets", "pod")).Answers();
        scene.Server.Cluster.ForbidAll();

        // What follows is told, so what came before would have been.
        (await PullAsync(scene)).Fails();

        Assert.Equal("MirrorCredentialsForbidden", (string?)Assert.Single(await EventsAsync(scene, 1))["reason"]);
    }

    [Fact]
    public async Task An_API_server_that_is_gone_changes_nothing()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "300ms";
        await scene.Server.DisposeAsync();

        Assert.StartsWith("cannot reach API server", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);

        await WaitAsync(() => StateFile(scene) is not null);
    }

    [Fact]
    public async Task A_pull_without_trouble_or_without_the_flag_writes_none()
    {
        await using var scene = await PullScene.StartAsync();
        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);
        scene.Server.Cluster.ForbidAll();
        (await scene.PullAsync()).Fails();

        // What follows is told, so what came before would have been.
        (await PullAsync(scene)).Fails();

        await EventsAsync(scene, 1);
        await StateAsync(scene, s => s is { Count: 1, TriedAt: > 0 });
        Assert.Single(Writes(scene));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // also where all is mended, or Events were turned off
    public async Task Old_state_is_swept_and_young_state_is_kept(bool withEvents)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        (await PullAsync(scene)).Fails();
        await StateAsync(scene, s => s.TriedAt > 0);
        var directory = Path.GetDirectoryName(StateFile(scene)!)!;
        var (old, future, young) =
            (Path.Combine(directory, "old"), Path.Combine(directory, "future"), Path.Combine(directory, "young"));
        Array.ForEach([old, future, young], path => File.WriteAllText(path, "0 1 x\n"));
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(future, DateTime.UtcNow.AddHours(2)); // the clock was set back
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow.AddMinutes(-30));

        // One that is held up leaves it to the next; an agent sweeps by itself, every half a minute.
        for (var run = 0; run < (scene.Agent is null ? 20 : 600) && (File.Exists(old) || File.Exists(future)); run++)
        {
            (await (withEvents ? PullAsync(scene) : scene.PullAsync())).Fails();
            await Task.Delay(scene.Agent is null ? 0 : 100);
        }

        Assert.False(File.Exists(old));
        Assert.False(File.Exists(future));
        Assert.True(File.Exists(young));
    }

    [Theory]
    [InlineData("--internal-pod-event")]
    [InlineData("--internal-pod-event", "--events")]
    public async Task The_argument_of_the_writing_process_is_refused_by_hand(params string[] arguments)
    {
        var run = await Plugin.RunAsync(arguments, "fast-provider pod event\n1\nteam-a\napp\nu\n1\nforged"u8.ToArray());

        Assert.Contains("unknown argument \"--internal-pod-event\"", run.Fails(exitCode: 2), StringComparison.Ordinal);
    }

    /// <summary>Its input is a sealed file that the run before it made, which a pipe or a file of the disk cannot be.</summary>
    [Fact]
    public async Task Nor_is_it_taken_from_a_session_of_its_own()
    {
        var run = await Plugin.RunAsync(
            ["--wait", Plugin.Binary, "--internal-pod-event"],
            "fast-provider pod event\n1\nteam-a\napp\nu\n1\nforged"u8.ToArray(),
            binary: "/usr/bin/setsid");

        Assert.Contains("unknown argument \"--internal-pod-event\"", run.Fails(exitCode: 2), StringComparison.Ordinal);
    }

    private static Task<PluginRun> PullAsync(PullScene scene, params string[] more) => scene.PullAsync(["--events", .. more]);
}
