using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Mutants;
using FastProvider.Pulls;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Journal;

/// <summary>The fields of pulls, sent by the real binary to a real systemd-journald and read back with journalctl.</summary>
public sealed class PullFieldsTests : IAsyncLifetime
{
    private const string Outcome = "FAST_PROVIDER_OUTCOME", Cause = "FAST_PROVIDER_CAUSE";

    private static readonly string[] Phases = ["REQUEST", "TOKEN", "MIRRORS", "NODE", "SECRETS", "TURN", "AUTH_FILE"];

    private Journald _journald = null!;

    public async Task InitializeAsync() => _journald = await Journald.StartAsync();

    public async Task DisposeAsync() => await _journald.DisposeAsync();

    [Fact]
    public async Task A_pull_that_wrote_a_file()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "localhost:5000/mirror", "other.invalid/mirror");
        scene.GlobalAuth(("registry.invalid", RegistryEntry.Basic("node", "node-password")));

        (await PullAsync(scene)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(["written"], fields[Outcome]);
        Assert.False(fields.ContainsKey(Cause));
        Assert.StartsWith(
            $"Wrote auth file to {scene.AuthFilePath} for registry.invalid/app", Assert.Single(fields["MESSAGE"]),
            StringComparison.Ordinal);
        Assert.Equal(["6"], fields["PRIORITY"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_SCHEMA"]);
        Assert.Equal([BuildVersion.Value], fields["FAST_PROVIDER_VERSION"]);
        Assert.Equal([PullScene.Image], fields["FAST_PROVIDER_IMAGE"]);
        Assert.Equal(["team-a"], fields["FAST_PROVIDER_NAMESPACE"]);
        Assert.Equal(["puller"], fields["FAST_PROVIDER_SERVICE_ACCOUNT"]);
        Assert.Equal([TokenIssuer.PodName], fields["FAST_PROVIDER_POD"]);
        Assert.Equal([TokenIssuer.PodUid], fields["FAST_PROVIDER_POD_UID"]);
        Assert.Equal(["namespace"], fields["FAST_PROVIDER_WAY"]);
        Assert.Equal([$"{scene.Node.RegistriesConf}:1"], fields["FAST_PROVIDER_REGISTRY"]);
        Assert.Equal(
            [$"{PullScene.MirrorRepository} secret/mirror-creds", "other.invalid/mirror/app none", "registry.invalid/app global"],
            fields["FAST_PROVIDER_ENDPOINT"]);
        Assert.Equal(["mirror-creds"], fields["FAST_PROVIDER_SECRET"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_SECRETS_READ"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_API_TRIES"]);
        Assert.Equal(["0"], fields["FAST_PROVIDER_API_WAIT_US"]);
        Assert.Equal(["0"], fields["FAST_PROVIDER_CONSISTENT_READS"]);
        Assert.Equal([scene.AuthFilePath], fields["FAST_PROVIDER_AUTH_FILE"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_PRIVATE"]);
        Assert.Equal(["0"], fields["FAST_PROVIDER_WARNINGS"]);
        Assert.False(fields.ContainsKey("FAST_PROVIDER_WAITED_IN_VAIN"));
        Assert.InRange(Number(fields, "FAST_PROVIDER_BYTES_READ"), 200, 100_000);
        Assert.InRange(
            Phases.Sum(p => Number(fields, $"FAST_PROVIDER_{p}_US")),
            1, Number(fields, "FAST_PROVIDER_TOTAL_US"));
    }

    [Fact]
    public async Task A_Secret_is_named_once_however_many_mirrors_it_serves_and_a_helper_is_the_nodes()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "localhost:5000/mirror", "localhost:5000/other", "helped.invalid/mirror");
        scene.GlobalAuth("""{"credHelpers":{"helped.invalid":"helper"}}""");

        (await PullAsync(scene)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(
            [
                "localhost:5000/mirror/app secret/mirror-creds", "localhost:5000/other/app secret/mirror-creds",
                "helped.invalid/mirror/app global", "registry.invalid/app none",
            ],
            fields["FAST_PROVIDER_ENDPOINT"]);
        Assert.Equal(["mirror-creds"], fields["FAST_PROVIDER_SECRET"]);
    }

    [Fact]
    public async Task A_pull_that_needed_no_file_and_one_without_a_token()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        await PullAsync(scene);
        await _journald.PullAsync(scene, new KubeletRequest(PullScene.Image, Token: null));

        var entries = await _journald.EntriesAsync("SYSLOG_IDENTIFIER=fast-provider");

        Assert.Equal(["none", "no-token"], entries.Select(e => Assert.Single(e[Outcome])));
        Assert.Equal(["0"], entries[0]["FAST_PROVIDER_SECRETS_READ"]);
        Assert.Equal(["1"], entries[0]["FAST_PROVIDER_CONSISTENT_READS"]);
        Assert.Equal(["1"], entries[0]["FAST_PROVIDER_API_TRIES"]);
        Assert.False(entries[0].ContainsKey("FAST_PROVIDER_AUTH_FILE"));
        Assert.False(entries[0].ContainsKey("FAST_PROVIDER_PRIVATE"));
        Assert.False(entries[1].ContainsKey("FAST_PROVIDER_NAMESPACE"));
        Assert.False(entries[1].ContainsKey("FAST_PROVIDER_API_TRIES"));
        Assert.False(entries[1].ContainsKey("FAST_PROVIDER_CONSISTENT_READS"));
    }

    [Fact]
    public async Task A_read_past_the_watch_cache_is_counted_and_what_the_cache_had_is_not()
    {
        await using var scene = await PullScene.StartAsync();
        static Secret Source(string name) =>
            Secret.DockerConfigJson(name, ("registry.invalid", RegistryEntry.Basic("source", "source-password")));
        scene.Secrets(Source("a"), Source("b"), Source("c"));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))));

        (await PullAsync(scene)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(["1"], fields["FAST_PROVIDER_CONSISTENT_READS"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_SECRETS_READ"]);
        Assert.Equal(["1"], fields["FAST_PROVIDER_API_TRIES"]);
        Assert.Equal(["mirror-creds"], fields["FAST_PROVIDER_SECRET"]);
        Assert.Equal(["0"], fields["FAST_PROVIDER_WARNINGS"]);
    }

    [Theory]
    [InlineData(CacheState.Filling, "1")]
    [InlineData(CacheState.FillingForEveryList, "2")]
    public async Task A_cache_that_is_not_filled_costs_a_wait_only_where_the_store_is_not_asked(CacheState state, string tries)
    {
        await using var scene = await PullScene.StartAsync();
        var cache = scene.Server.Cluster.WatchCache;
        cache.State = state;
        scene.Server.Script.When(r => !r.IsFromCache, async exchange =>
        {
            await exchange.AnswerNormallyAsync();
            cache.State = CacheState.Filled;
        });

        (await PullAsync(scene)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(["1"], fields["FAST_PROVIDER_CONSISTENT_READS"]);
        Assert.Equal([tries], fields["FAST_PROVIDER_API_TRIES"]);
        Assert.Equal(state is CacheState.Filling, Number(fields, "FAST_PROVIDER_API_WAIT_US") == 0);
    }

    [Fact]
    public async Task An_unmirrored_pull_at_level_debug_alone()
    {
        await using var scene = await PullScene.StartAsync();
        await _journald.PullAsync(scene, new KubeletRequest("elsewhere.invalid/app", scene.Token));
        await _journald.PullAsync(scene, new KubeletRequest("elsewhere.invalid/app", scene.Token), "--log-level", "debug");

        var fields = await TheEntryAsync();

        Assert.Equal(["unmirrored"], fields[Outcome]);
        Assert.False(fields.ContainsKey("FAST_PROVIDER_REGISTRY"));
        Assert.False(fields.ContainsKey("FAST_PROVIDER_WAY"));
    }

    [Fact]
    public async Task Tries_waits_and_warnings_are_counted()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))),
            Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{"));
        scene.Server.Script.Request(1, Respond.Synthesised(503));

        await PullAsync(scene);

        var fields = await TheEntryAsync();
        Assert.Equal(["2"], fields["FAST_PROVIDER_API_TRIES"]);
        Assert.InRange(Number(fields, "FAST_PROVIDER_API_WAIT_US"), 50_000, Number(fields, "FAST_PROVIDER_SECRETS_US"));
        Assert.Equal(["1"], fields["FAST_PROVIDER_WARNINGS"]);
        Assert.Equal(["4"], fields["PRIORITY"]);
        Assert.Equal(["2"], fields["FAST_PROVIDER_SECRETS_READ"]);
    }

    [Fact]
    public async Task A_wait_in_vain_is_said()
    {
        // The second run waits until the slot was quiet for half a second. On a stalled machine that is over before it starts,
        // and there is nothing to wait for: then it is played again.
        IReadOnlyList<Dictionary<string, string[]>> entries = [];
        for (var tries = 0; tries < 5 && entries.Count == 0; tries++)
        {
            await using var scene = await PullScene.StartAsync();
            await PullAsync(scene);
            // Reading the journal takes its time, too; the change time says when the file was written.
            File.SetUnixFileMode(scene.AuthFilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await PullAsync(scene);
            entries = [.. await _journald.EntriesAsync("FAST_PROVIDER_WAITED_IN_VAIN=1")];
        }

        var entry = Assert.Single(entries);
        Assert.InRange(Number(entry, "FAST_PROVIDER_TURN_US"), 1, Number(entry, "FAST_PROVIDER_TOTAL_US"));
    }

    [Theory]
    [InlineData("annotation", 1)]
    [InlineData("pod", 1)]
    public async Task The_other_ways_count_alike(string way, int secrets)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "mirror-creds"));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "mirror-creds" },
        };

        (await _journald.PullAsync(scene, request, "--secrets", way)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal([way], fields["FAST_PROVIDER_WAY"]);
        Assert.Equal(secrets, Number(fields, "FAST_PROVIDER_SECRETS_READ"));
        Assert.False(fields.ContainsKey("FAST_PROVIDER_CONSISTENT_READS"));
        Assert.Equal(["1"], fields["FAST_PROVIDER_API_TRIES"]);
        Assert.InRange(Number(fields, "FAST_PROVIDER_BYTES_READ"), 200, 100_000);
    }

    [Theory]
    [InlineData("request")]
    [InlineData("token")]
    [InlineData("registries-conf")]
    [InlineData("node-config")]
    [InlineData("node-identity")]
    [InlineData("pod")]
    [InlineData("too-many-secrets")]
    [InlineData("api-unreachable")]
    [InlineData("api-broken")]
    [InlineData("api-late")]
    [InlineData("api-untrusted")]
    [InlineData("not-the-api-server")]
    [InlineData("token-refused")]
    [InlineData("forbidden")]
    [InlineData("api-overloaded")]
    [InlineData("api-error")]
    [InlineData("auth-dir")]
    [InlineData("auth-file")]
    public async Task A_failure_has_its_cause(string cause)
    {
        await using var scene = await PullScene.StartAsync(
            new KubeApiServerOptions
            {
                Identity = cause == "api-untrusted" ? ServerIdentity.OtherAuthority : new KubeApiServerOptions().Identity
            });
        // What lasts takes the whole budget; of the rest a busy machine must not make "late".
        scene.Timeout = cause switch
        {
            "api-late" => "1s",
            "api-broken" or "api-error" or "api-unreachable" => "3s",
            _ => "20s",
        };
        var request = new KubeletRequest(cause == "request" ? "" : PullScene.Image, cause == "token" ? "a.b.c" : scene.Token)
        {
            Annotations = new Dictionary<string, string>
            {
                ["fast-provider/secrets"] = string.Join(',', Enumerable.Range(0, 33).Select(i => $"secret-{i}")),
            },
        };
        Break(scene, cause);
        string[] more = cause switch
        {
            "pod" or "node-identity" => ["--secrets", "pod"],
            "too-many-secrets" => ["--secrets", "annotation"],
            "node-config" => ["--kubeconfig", "/nonexistent"],
            "api-unreachable" => ["--api-server", "https://127.0.0.1:1"],
            _ => [],
        };
        if (cause == "node-identity")
        {
            // Then the kubeconfig has no client certificate.
            var text = await File.ReadAllTextAsync(scene.Kubeconfig);
            await File.WriteAllTextAsync(
                scene.Kubeconfig,
                string.Join('\n', text.Split('\n').Where(l => !l.Contains("client-", StringComparison.Ordinal))));
        }

        (await _journald.PullAsync(scene, request, more)).Fails();

        var fields = await TheEntryAsync();
        Assert.Equal(["failed"], fields[Outcome]);
        Assert.Equal([cause], fields[Cause]);
        Assert.Equal(["3"], fields["PRIORITY"]);
        Assert.True(Number(fields, "FAST_PROVIDER_TOTAL_US") > 0);
        Assert.Equal(cause is "request" or "token", !fields.ContainsKey("FAST_PROVIDER_NAMESPACE"));
        Assert.Equal(
            cause.StartsWith("api-", StringComparison.Ordinal)
                || cause is "not-the-api-server" or "token-refused" or "forbidden" or "pod" or "auth-file",
            fields.ContainsKey("FAST_PROVIDER_API_TRIES"));
        Assert.False(fields.ContainsKey("FAST_PROVIDER_AUTH_FILE"));
        Assert.False(fields.ContainsKey("FAST_PROVIDER_PRIVATE"));
    }

    [Fact]
    public async Task A_thousand_mirrors_with_long_names_and_warnings_do_not_lose_the_entry()
    {
        await using var scene = await PullScene.StartAsync();
        var path = new string('p', 200);
        scene.Node.Configure(
            "[[registry]]\nlocation = \"registry.invalid\"\n"
                + string.Concat(Enumerable.Range(0, 1000).Select(
                    i => $"[[registry.mirror]]\nlocation = \"m{i}.invalid/{path}\"\n"))
                + string.Concat(Enumerable.Range(0, 9).Select(
                    i => $"[[registry.mirror]]\nlocation = \"m{i}.invalid/{new string('q', 100_000)}\"\n")));

        (await PullAsync(scene)).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(["9"], fields["FAST_PROVIDER_WARNINGS"]);
        Assert.Equal(32, fields["FAST_PROVIDER_ENDPOINT"].Length);
        Assert.Equal($"m0.invalid/{path}/app none", fields["FAST_PROVIDER_ENDPOINT"][0]);
        Assert.InRange(Assert.Single(fields["MESSAGE"]).Length, 8000, 48 * 1024);
    }

    [Fact]
    public async Task A_message_of_more_than_48_KiB_is_cut()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        // Each of 32 endpoints names the file that serves it, by nearly the longest path that Linux takes.
        var file = scene.Node.Root + string.Concat(Enumerable.Repeat("/" + new string('d', 200), 18)) + "/config.json";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, """{"auths":{"localhost:5000/mirror":{"auth":"bm9kZTpub2RlLXBhc3N3b3Jk"}}}""");
        scene.Node.Mirror("registry.invalid", [.. Enumerable.Range(0, 32).Select(i => $"localhost:5000/mirror/{i}")]);

        (await PullAsync(scene, "--global-auth-file", file)).Answers();

        Assert.Equal(49_152, Assert.Single((await TheEntryAsync())["MESSAGE"]).Length);
    }

    /// <summary>Of a name the start is kept, without half a character; of a place the end, which has the line.</summary>
    [Fact]
    public async Task A_name_of_more_than_1_024_bytes_is_cut()
    {
        await using var scene = await PullScene.StartAsync();
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(scene.Token!.Split('.')[1]));
        var uid = "u" + new string('\u00e9', 1000);
        scene.Token = TokenIssuer.Sign(payload.Replace(TokenIssuer.PodUid, uid, StringComparison.Ordinal));
        var directory = scene.Node.Root + string.Concat(Enumerable.Repeat("/" + new string('d', 200), 8));
        Directory.CreateDirectory(directory);
        File.Copy(scene.Node.RegistriesConf, $"{directory}/registries.conf");

        (await PullAsync(scene, "--registries-conf", $"{directory}/registries.conf")).Answers();

        var fields = await TheEntryAsync();
        Assert.Equal(uid[..512], Assert.Single(fields["FAST_PROVIDER_POD_UID"]));
        Assert.Equal($"{directory}/registries.conf:1"[^1024..], Assert.Single(fields["FAST_PROVIDER_REGISTRY"]));
    }

    /// <summary>What the machine below a run does to it: the cause, and how the line begins.</summary>
    [Theory]
    [InlineData(
        "openssl",
        "for f in $(ldconfig -p | sed -n 's/.*libssl[.]so[.]3 .*=> //p'); do mount --bind /dev/null \"$f\"; done; \"$@\"",
        "libssl.so.3 is not on this node")]
    [InlineData("openssl", "OPENSSL_CONF=\"$NODE/broken.cnf\" \"$@\"", "OpenSSL cannot start: ")]
    [InlineData("openssl", "OPENSSL_CONF=\"$NODE/empty.cnf\" \"$@\"", "OpenSSL cannot start: it has no SHA-256")]
    [InlineData("response", "\"$@\" 1>&-", "cannot write the answer to standard output: closed (EBADF)")]
    public async Task A_failure_of_the_machine_has_its_cause(string cause, string script, string line)
    {
        await using var scene = await PullScene.StartAsync();

        await FailsAsync(scene, script, line, cause);
    }

    /// <summary>Nobody expects a libssl that starts and can do nothing else, so it shows what becomes of an exception.</summary>
    [Fact]
    public async Task What_nobody_expected_is_one_line_without_the_exceptions_words()
    {
        await using var scene = await PullScene.StartAsync();

        var message = await FailsAsync(
            scene,
            """
            mkdir "$NODE/lib" && echo 'int OPENSSL_init_ssl(unsigned long o, const void *s) { (void)o; (void)s; return 1; }' |
                cc -shared -fPIC -x c -o "$NODE/lib/libssl.so.3" - && LD_LIBRARY_PATH="$NODE/lib" "$@"
            """,
            "fast-provider has a defect (EntryPointNotFoundException): please report it", "defect");

        Assert.DoesNotContain("SSL_", message, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Where the memory ends depends on the machine, so limits are tried from one that starts nothing to one that is enough. What
    /// takes the most of it is registries.conf.
    /// </summary>
    [Fact]
    public async Task A_run_without_memory_has_its_cause()
    {
        await using var scene = await PullScene.StartAsync();
        await File.AppendAllTextAsync(scene.Node.RegistriesConf, $"#{new string('x', 10_000_000)}\n");

        await ScriptAsync(scene, """
            cat > "$NODE/request"; kb=9000
            while [ $kb -lt 40000 ]; do (ulimit -d $kb; exec "$@" --slot-wait 0 < "$NODE/request" > "$NODE/out" 2>&1); kb=$((kb + 500)); done
            """);

        var entries = (await _journald.EntriesAsync($"{Outcome}=failed"))
            .Where(fields => fields[Cause] is ["out-of-memory"]).ToList();
        Assert.NotEmpty(entries);
        Assert.All(entries, fields =>
            Assert.StartsWith(
                "this run could not have the memory that it needs", Assert.Single(fields["MESSAGE"]), StringComparison.Ordinal));
    }

    /// <summary>
    /// A cause that nothing shows may be another's. How busy a node is no journal test can say: ApiExchangeTests shows that one.
    /// </summary>
    [Fact]
    public void Every_cause_is_shown_by_a_test()
    {
        var fields = File.ReadAllText(Path.Join(Repository.Root, "tests", "FastProvider.Tests", "Journal", "PullFieldsTests.cs"));
        var exchange = File.ReadAllText(
            Path.Join(Repository.Root, "tests", "FastProvider.Tests", "Transport", "ApiExchangeTests.cs"));

        Assert.All(Enum.GetValues<FailureCause>().Where(cause => cause is not FailureCause.None), cause => Assert.True(
            fields.Contains($"\"{Encoding.ASCII.GetString(cause.Word())}\"", StringComparison.Ordinal)
                || exchange.Contains($"Assert.Equal(FailureCause.{cause},", StringComparison.Ordinal),
            $"No test shows {cause}."));
    }

    /// <summary>What docs/journal.md says that can be asked.</summary>
    [Fact]
    public async Task The_documented_queries_find_their_entries()
    {
        await using var scene = await PullScene.StartAsync();
        await PullAsync(scene);
        scene.Server.Cluster.ForbidAll();
        File.Delete(scene.AuthFilePath);
        await PullAsync(scene);

        string[] queries = [.. (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "journal.md")))
            .Split('\n').Where(l => l.StartsWith("journalctl ", StringComparison.Ordinal)).Select(l => l.Split('#')[0].Trim())];
        Dictionary<string, string> said = [];
        foreach (var query in queries.Where(q => !q.Contains(" -f ", StringComparison.Ordinal)))
        {
            said[query] = await _journald.JournalctlAsync(
                query.Replace("cache-login", "mirror-creds", StringComparison.Ordinal)
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);
        }

        Assert.Equal(5, said.Count);
        Assert.Equal([2, 1, 1, 1, 1], said.Values.Select(s => s.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("Wrote auth file", said.Values.First(), StringComparison.Ordinal);
        Assert.Contains("403 Forbidden", said.Values.ElementAt(1), StringComparison.Ordinal);
        Assert.Equal("forbidden\n", said.Values.Last());
    }

    private static void Break(PullScene scene, string cause)
    {
        var server = scene.Server;
        Answer? answer = cause switch
        {
            "not-the-api-server" => Respond.Html(),
            "api-broken" => Respond.Reset(),
            "api-late" => Respond.Never(),
            "token-refused" => Respond.Recorded("list-401-expired-token"),
            "forbidden" => Respond.Recorded("list-403-no-rbac"),
            "api-overloaded" => Respond.TooManyRequests(60), // longer than the budget
            "api-error" => Respond.Synthesised(500),
            _ => null,
        };
        if (answer is not null)
        {
            server.Script.Always(answer);
        }

        switch (cause)
        {
            case "pod":
                server.Cluster.SetPod(
                    new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "mirror-creds") { Uid = "other" });
                break;
            case "registries-conf":
                scene.Node.Configure("[[registry]]\n");
                break;
            case "auth-dir":
                File.SetUnixFileMode(scene.Node.AuthDir, (UnixFileMode)0x1FF);
                break;
            case "auth-file":
                // Nothing can be renamed over a directory.
                Directory.CreateDirectory(Path.Combine(scene.AuthFilePath, "x"));
                break;
        }
    }

    /// <summary>A run by a script, in which <c>"$@"</c> is the plugin; returns the message of its entry.</summary>
    private async Task<string> FailsAsync(PullScene scene, string script, string line, string cause)
    {
        await File.WriteAllTextAsync(
            Path.Combine(scene.Node.Root, "broken.cnf"),
            "openssl_conf = all\nconfig_diagnostics = 1\n[all]\nssl_conf = nowhere\n");
        await File.WriteAllTextAsync(
            Path.Combine(scene.Node.Root, "empty.cnf"),
            "openssl_conf = all\n[all]\nproviders = some\n[some]\nbase = one\n[one]\nactivate = 1\n");
        var run = await ScriptAsync(scene, script);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Stderr.Split('\n'), said => said.StartsWith(line, StringComparison.Ordinal));
        Assert.Empty(scene.Node.AuthDirNames());
        var fields = Assert.Single(await _journald.EntriesAsync($"{Outcome}=failed"));
        Assert.Equal([cause], fields[Cause]);
        return Assert.Single(fields["MESSAGE"]);
    }

    private Task<PluginRun> ScriptAsync(PullScene scene, string script) => scene.PullAsync(
        new KubeletRequest(PullScene.Image, scene.Token),
        _journald.Inside("/bin/sh", ["-c", script, "sh", Plugin.Binary, .. scene.Arguments()]),
        new Dictionary<string, string> { ["NODE"] = scene.Node.Root, ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin" },
        "/usr/bin/nsenter");

    private Task<PluginRun> PullAsync(PullScene scene, params string[] more) =>
        _journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token), more);

    private async Task<Dictionary<string, string[]>> TheEntryAsync() =>
        Assert.Single(await _journald.EntriesAsync("SYSLOG_IDENTIFIER=fast-provider"));

    private static long Number(Dictionary<string, string[]> fields, string name) =>
        long.Parse(Assert.Single(fields[name]), NumberStyles.None, CultureInfo.InvariantCulture);
}
