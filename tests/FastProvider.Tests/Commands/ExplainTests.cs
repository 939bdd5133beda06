using System.Text;
using System.Text.Json;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands;

/// <summary>
/// <c>explain</c> through the binary: it must say what a pull with the same settings does, do none of it, and show no credential.
/// </summary>
public sealed class ExplainTests
{
    private static readonly string Newer =
        Convert.ToBase64String("""{"localhost:5000":{"auth":"c29tZW9uZTpwYXNzd29yZC1uZXdlcg=="}}"""u8);

    [Fact]
    public async Task It_says_which_shared_Secrets_are_for_the_pod_and_what_goes_before_them()
    {
        await using var scene = await PullScene.StartAsync();
        Secret Shared(string name) => Secret.DockerConfigJson(name, ("localhost:5000", RegistryEntry.Basic(name, "password")));
        scene.Secrets(Shared("own")).Server.Cluster.SetSecrets("platform", [Shared("a"), Shared("b")])
            .AllowGetToGroup("platform", PullScene.Namespace, "a");
        string[] shared = ["--shared-secrets", "platform/a,platform/b"];

        var said = await ExplainAsync(scene, new KubeletRequest(PullScene.Image, scene.Token), shared);

        Assert.Equal(
            ["platform/a True 200", "platform/b False 403"],
            said.GetProperty("secrets").GetProperty("shared").EnumerateArray().Select(s =>
                $"{s.GetProperty("secret")} {s.GetProperty("forPod")} {s.GetProperty("status")}"));
        Assert.Equal("own localhost:5000", Chosen(said, 0));
        Assert.Equal(
            "the chosen key's Secret is of the pod's own namespace, and this one is shared",
            Keys(said, 0).Single(k => k.GetProperty("secret").GetString() == "platform/a").GetProperty("why").GetString());
        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
    }

    [Theory]
    [InlineData("namespace")]
    [InlineData("annotation")]
    [InlineData("pod")]
    public async Task It_says_what_a_pull_then_does_in_each_way(string way)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "localhost:5000/mirror", "localhost:6000", "elsewhere.invalid");
        scene.Secrets(
            Secret.DockerConfigJson("first", ("localhost:5000", RegistryEntry.Basic("first", "password-first"))),
            Secret.DockerConfigJson(
                "second", ("localhost:5000/mirror", RegistryEntry.Basic("second", "password-second")),
                ("https://registry.invalid/v1/", RegistryEntry.Basic("source", "password-source"))));
        scene.GlobalAuth(
            ("localhost:6000", RegistryEntry.Basic("global", "password-global")),
            ("localhost:5000", RegistryEntry.Basic("never", "password-never")));
        scene.Server.Cluster.AllowGet(PullScene.Namespace, PullScene.ServiceAccount, "first", "second");
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", ["first", "second"]));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "first,second" }
        };

        var said = await ExplainAsync(scene, request, "--secrets", way);
        Assert.Empty(scene.Node.AuthDirNames());
        Assert.False(Directory.Exists(scene.Node.LockDir), "explain has made the lock directory.");
        (await scene.PullAsync(request, scene.Arguments("--secrets", way))).Answers().ClaimsPrivate(PullScene.Image);

        var written = EndToEnd.AuthFile.Read(scene.AuthFilePath);
        Assert.Equal(scene.AuthFilePath, said.GetProperty("authFile").GetProperty("path").GetString());
        Assert.True(said.GetProperty("authFile").GetProperty("written").GetBoolean());
        Assert.Equal(
            written.Repositories,
            said.GetProperty("authFile").GetProperty("content").GetProperty("auths")
                .EnumerateObject()
                .Select(e => e.Name)
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            ["secret", "global", "none", "secret"],
            said.GetProperty("endpoints").EnumerateArray().Select(e => e.GetProperty("credentialFrom").GetString()));
        Assert.Equal("second localhost:5000/mirror", Chosen(said, 0));
        Assert.Equal("second https://registry.invalid/v1/", Chosen(said, 3));
        Assert.Equal(
            "the chosen key names more of the path",
            Keys(said, 0).Single(k => k.GetProperty("secret").GetString() == "first").GetProperty("why").GetString());
        Assert.Equal(
            "a Secret serves the endpoint, and the global auth file is asked after the Secrets",
            Keys(said, 0)
                .Single(k => k.GetProperty("secret").ValueKind == JsonValueKind.Null
                    && k.GetProperty("key").GetString() == "localhost:5000")
                .GetProperty("why").GetString());
        Assert.True(said.GetProperty("private").GetBoolean());
    }

    [Fact]
    public async Task It_says_which_endpoints_are_asked_and_how_long_each_part_took()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("""
            [[registry]]
            location = "registry.invalid"
            blocked = true
            [[registry.mirror]]
            location = "localhost:5000/mirror"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "localhost:6000"
            """);
        scene.Server.Script.Request(1, Respond.After(TimeSpan.FromMilliseconds(300), exchange => exchange.AnswerNormallyAsync()));

        var said = await JsonAsync(scene, [$"{PullScene.Image}:v1", "--token-file", "-"], scene.Token!);

        Assert.Equal(
            [false, true, false],
            said.GetProperty("endpoints").EnumerateArray().Select(endpoint => endpoint.GetProperty("asked").GetBoolean()));
        var times = said.GetProperty("microseconds").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetInt64());
        Assert.InRange(times["secrets"], 300_000, 20_000_000);
        // For the node OpenSSL is loaded and certificates are read; the other is one small file.
        Assert.InRange(times["mirrors"], 1, times["node"] - 1);
        Assert.InRange(times["authFile"], 1, 300_000);
    }

    /// <summary>Neither as it stands in the Secret nor as it would stand in the file.</summary>
    [Fact]
    public async Task Everything_in_the_file_but_its_keys_is_masked()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "localhost:5000/mirror", "localhost:6000", "localhost:7000");
        var withToken = RegistryEntry.Basic("u", "password-one") with { IdentityToken = "identity-one" };
        scene.Secrets(Secret.DockerConfigJson(
            "all", ("localhost:5000", withToken),
            ("localhost:6000", new RegistryEntry { Username = "u", Password = "password-two" })));
        scene.GlobalAuth(("localhost:7000", RegistryEntry.Kubectl("u", "password-three", "mail-of-three@example.com")));

        var said = await JsonAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);
        var text = await TextAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);

        Assert.Equal(
            """{"localhost:5000/mirror/app":{"auth":"***","identitytoken":"***"},"localhost:6000/app":{"auth":"***"},"localhost:7000/app":{"auth":"***"}}""",
            JsonSerializer.Serialize(said.GetProperty("authFile").GetProperty("content").GetProperty("auths")));
        Assert.All(
            ["identity-one", RegistryEntry.Encode("u", "password-two"), "mail-of-three"],
            hidden => Assert.DoesNotContain(hidden, said + text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_shows_people_the_line_the_order_the_reasons_and_a_masked_file()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("""
            # a comment
            [[registry]]
            location = "registry.invalid"
            [[registry.mirror]]
            location = "localhost:5000/mirror"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "localhost:6000"
            pull-from-mirror = "tag-only"
            """);
        scene.Secrets(Secret.DockerConfigJson("login",
            ("localhost:5000", RegistryEntry.Basic("someone", "password-one")),
            ("localhost", RegistryEntry.Basic("someone", "password-two")),
            ("localhost:6000/other", RegistryEntry.Basic("someone", "password-three")),
            ("localhost:6000/", new RegistryEntry { Auth = "!" })));

        var text = await TextAsync(scene, [$"{PullScene.Image}:v1", "--token-file", "-"], scene.Token!);

        Assert.Contains($"{scene.Node.RegistriesConf} line 2: prefix registry.invalid", text, StringComparison.Ordinal);
        Assert.Contains("""
              1. localhost:5000/mirror/app  (for pulls by digest only; not asked for this image)
                   chosen: Secret login, key "localhost:5000"
                   near-miss: Secret login, key "localhost": its port is not the endpoint's, :5000
                   near-miss: Secret login, key "localhost:6000/other": its port is not the endpoint's, :5000
                   near-miss: Secret login, key "localhost:6000/": its port is not the endpoint's, :5000
              2. localhost:6000/app  (for pulls by tag only)
                   refused: Secret login, key "localhost:6000/": its auth is not base64
                   near-miss: Secret login, key "localhost:5000": its port is not the endpoint's, :6000
                   near-miss: Secret login, key "localhost": its port is not the endpoint's, :6000
                   near-miss: Secret login, key "localhost:6000/other": its path is not one that the endpoint's begins with
                   no credential
              3. registry.invalid/app  (the registry itself)
                   no credential (4 keys are of other registries)

            """, text, StringComparison.Ordinal);
        Assert.Contains($"{scene.AuthFilePath} would be written:", text, StringComparison.Ordinal);
        Assert.Contains("\"auth\": \"***\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifests_are_read_as_the_cluster_would_answer_them()
    {
        await using var scene = await PullScene.StartAsync();
        var manifests = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests", "base")).FullName;
        await File.WriteAllTextAsync(Path.Combine(manifests, "secrets.yaml"), $$$$"""
            apiVersion: v1
            kind: List
            items:
              - apiVersion: v1
                kind: Secret
                metadata: {name: inline, namespace: team-a, creationTimestamp: "2026-01-01T00:00:00Z"}
                type: kubernetes.io/dockerconfigjson
                stringData:
                  .dockerconfigjson: |
                    {"auths": {"localhost:5000": {"username": "someone", "password": "password-inline"}}}
              - apiVersion: v1
                kind: Secret
                metadata: {name: newer, creationTimestamp: "2026-02-01T00:00:00Z"}
                type: kubernetes.io/dockercfg
                data: {.dockercfg: {{{{Newer}}}} }
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: foreign, namespace: team-b}
            type: kubernetes.io/dockerconfigjson
            stringData: {.dockerconfigjson: '{"auths":{"localhost:5000/mirror":{"auth":"eDp5"}}}'}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: untyped, namespace: team-a}
            stringData: {.dockerconfigjson: '{"auths":{"localhost:5000/mirror":{"auth":"eDp5"}}}'}
            """);
        await File.WriteAllTextAsync(Path.Combine(manifests, "account.json"), """
            {"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"app","namespace":"team-a","annotations":{"fast-provider/secrets":"gone,inline"}},
             "imagePullSecrets":[{"name":"newer"}]}
            """);
        await File.WriteAllTextAsync(Path.Combine(manifests, "notes.txt"), ": no manifest : at all");
        string[] offline = [
            PullScene.Image, "--namespace", "team-a", "--service-account", "app", "--secrets-from",
            Path.Combine(scene.Node.Root, "manifests")];

        var all = await JsonAsync(scene, offline, "");
        var annotated = await JsonAsync(scene, [.. offline, "--secrets", "annotation"], "");
        var auto = await JsonAsync(scene, [.. offline, "--secrets", "auto"], "");
        var pod = await JsonAsync(scene, [.. offline, "--secrets", "pod"], "");

        Assert.Equal(
            ["newer localhost:5000", "inline localhost:5000", "inline localhost:5000", "newer localhost:5000"],
            new[] { all, annotated, auto, pod }.Select(a => Chosen(a, 0)));
        Assert.Equal(
            "the chosen key's Secret is newer",
            Keys(all, 0).Single(k => k.GetProperty("standing").GetString() == "lost").GetProperty("why").GetString());
        Assert.Contains("Secret untyped: its type is Opaque", Assert.Single(Warnings(all)), StringComparison.Ordinal);
        Assert.Contains("Secret gone does not exist in namespace team-a", Warnings(annotated));
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_manifest_that_is_not_understood_is_named_without_its_content()
    {
        await using var scene = await PullScene.StartAsync();
        var file = Path.Combine(scene.Node.Root, "bad.yaml");
        await File.WriteAllTextAsync(file, "kind: Secret\nstringData: {password: *hush-hush-hush}\n");

        var run = await Plugin.RunAsync(
            ["explain", PullScene.Image, "--namespace", "team-a", "--secrets-from", scene.Node.Root, .. scene.Arguments()], []);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            $"{file} line 2: an alias names no anchor before it; the file is passed over", Encoding.UTF8.GetString(run.Stdout),
            StringComparison.Ordinal);
        run.RevealsNoneOf(["hush-hush-hush"]);
    }

    [Fact]
    public async Task What_else_lies_among_manifests_is_passed_over_and_named_and_the_rest_is_read_as_kubectl_applies_it()
    {
        await using var scene = await PullScene.StartAsync();
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests")).FullName;
        const string secret = """
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata: {name: NAME, namespace: team-a}
            stringData:
              .dockerconfigjson: &d '{"auths":{"localhost:5000":{"auth":"dTpw"}}}'
              copy: *d
            """;
        await Write("a-first.yaml", "%YAML 1.1\n" + secret.Replace("NAME", "never", StringComparison.Ordinal));
        await Write("b.yaml", secret.Replace("NAME", "twice", StringComparison.Ordinal) + "\n---\nkind: [\n---\nkind: Secret\n");
        await Write("chart/t.yaml", "{{- if .Values.x }}\nkind: Secret\n{{- end }}\n");
        await Write("compose.yml", "services: {web: {image: busybox}}\n");
        await Write("empty.yaml", "");
        await Write("latin.yaml", "a: 1");
        await File.WriteAllBytesAsync(Path.Combine(directory, "latin.yaml"), [(byte)'a', (byte)':', (byte)' ', 0xE4]);
        await File.WriteAllBytesAsync(Path.Combine(directory, "binary.json"), [0, 1, 2]);
        await Write("lines.json", "{\"a\": 1}\n{\"a\": 2}\n");
        await Write("list.yaml", "- a\n- b\n");
        await Write(
            "wide.yaml",
            secret.Replace("NAME", "twice", StringComparison.Ordinal).Replace("dTpw", "eDp5", StringComparison.Ordinal));
        File.CreateSymbolicLink(Path.Combine(directory, "gone.yaml"), "/nowhere");

        var answer = await JsonAsync(scene, [PullScene.Image, "--namespace", "team-a", "--secrets-from", directory], "");

        Assert.Equal("twice localhost:5000", Chosen(answer, 0));
        Assert.Equal(
            [
                $"{directory}/a-first.yaml line 2: did not find expected <document start>; the file is passed over",
                $"{directory}/b.yaml line 10: while parsing a node, did not find expected node content; "
                    + "the file is passed over from there on",
                $"{directory}/binary.json line 1: a control character; the file is passed over",
                $"{directory}/chart/t.yaml: no valid JSON in line 1; the file is passed over",
                $"{directory}/gone.yaml: no such file or directory (ENOENT); the file is passed over",
                $"{directory}/latin.yaml is not UTF-8 text; the file is passed over",
                $"passed over, as they hold no manifest: {directory}/compose.yml, {directory}/lines.json, {directory}/list.yaml",
                "Secret twice stands twice in the manifests: the last counts, as kubectl applies it last",
            ],
            Warnings(answer));

        async Task Write(string name, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, name))!);
            await File.WriteAllTextAsync(Path.Combine(directory, name), text);
        }
    }

    [Theory]
    [InlineData(16_777_216, 0)]
    [InlineData(16_777_217, 1)]
    public async Task A_manifest_has_16_MiB(int bytes, int passedOver)
    {
        await using var scene = await PullScene.StartAsync();
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(directory, "large.json"), """{"apiVersion":"v1","kind":"ConfigMap"}""".PadRight(bytes));

        var answer = await JsonAsync(scene, [PullScene.Image, "--namespace", "team-a", "--secrets-from", directory], "");

        Assert.Equal(
            passedOver, Warnings(answer).Count(w => w == $"{directory}/large.json: it is too large; the file is passed over"));
    }

    [Theory]
    [InlineData("dockerconfigjson", "data: {dockerconfigjson: e30=}", "has no .dockerconfigjson (it has dockerconfigjson)")]
    [InlineData("dockercfg", "stringData: {.dockerconfigjson: '{}'}", "has no .dockercfg (it has .dockerconfigjson)")]
    [InlineData("dockerconfigjson", "immutable: true", "has no .dockerconfigjson, which")]
    public async Task A_Secret_that_lacks_the_key_of_its_type_is_one_that_the_API_server_refuses(
        string type, string data, string expected)
    {
        await using var scene = await PullScene.StartAsync();
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "s.yaml"), $"""
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/{type}
            metadata: &m
              name: login
            {data}
            """);

        var answer = await JsonAsync(scene, [PullScene.Image, "--namespace", "team-a", "--secrets-from", directory], "");

        var warning = Assert.Single(Warnings(answer));
        Assert.StartsWith("Secret login: its data " + expected, warning, StringComparison.Ordinal);
        Assert.EndsWith("the API server refuses it", warning, StringComparison.Ordinal);
    }

    /// <summary>What kubectl says "cannot unmarshal", "illegal base64" or "Invalid value" to.</summary>
    [Theory]
    [InlineData(
        "name: My_Login", "stringData: {.dockerconfigjson: '{}'}", "Secret My_Login: its name is not of lower-case letters")]
    [InlineData("name: 123", "stringData: {.dockerconfigjson: '{}'}", "Secret 123: its name is no text, put it in quotes")]
    [InlineData(
        "generateName: login-", "stringData: {.dockerconfigjson: '{}'}",
        "a Secret of the manifests has no metadata.name, so it is passed over")]
    [InlineData(
        "name: login", "stringData: {.dockerconfigjson: {auths: {}}}",
        "Secret login: .dockerconfigjson in its stringData is no text, write the document as a text (|)")]
    [InlineData(
        "name: login", "data: {.dockerconfigjson: {auths: {}}}", "Secret login: .dockerconfigjson in its data is no text")]
    [InlineData("name: login", "data: {.dockerconfigjson: 12}", "Secret login: .dockerconfigjson in its data is no text")]
    [InlineData(
        "name: login", "data:\n  .dockerconfigjson: >-\n    eyJhdXRo\n    cyI6e319",
        "Secret login: .dockerconfigjson is not base64, as it has blanks")]
    public async Task A_Secret_that_kubectl_cannot_apply_is_passed_over_with_the_reason(string name, string data, string warning)
    {
        await using var scene = await PullScene.StartAsync();

        var answer = await OfManifestAsync(
            scene, $"apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata: {{{name}}}\n{data}\n");

        Assert.StartsWith(warning, Assert.Single(Warnings(answer)), StringComparison.Ordinal);
        Assert.Equal(0, answer.GetProperty("secrets").GetProperty("read").GetInt32());
    }

    /// <summary>kubectl gives the items of a typed list the list's kind (apimachinery, unstructured, decodeToList).</summary>
    [Fact]
    public async Task Items_of_a_SecretList_need_not_say_their_kind()
    {
        await using var scene = await PullScene.StartAsync();

        var answer = await OfManifestAsync(scene, """
            apiVersion: v1
            kind: SecretList
            items:
            - type: kubernetes.io/dockerconfigjson
              metadata: {name: listed}
              stringData: {.dockerconfigjson: '{"auths":{"localhost:5000":{"auth":"dTpw"}}}'}
            """);

        Assert.Equal("listed localhost:5000", Chosen(answer, 0));
        Assert.Empty(Warnings(answer));
    }

    [Fact]
    public async Task What_a_controller_makes_Secrets_of_is_named_and_not_read()
    {
        await using var scene = await PullScene.StartAsync();

        var answer = await OfManifestAsync(scene, """
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
            metadata: {name: sealed, namespace: team-a}
            spec: {encryptedData: {.dockerconfigjson: AgBy}}
            ---
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: outside}
            ---
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: other, namespace: team-b}
            """);

        Assert.Equal(
            ["not read, as their Secrets are made in the cluster: SealedSecret sealed, ExternalSecret outside"],
            Warnings(answer));
    }

    [Fact]
    public async Task An_image_on_an_IPv6_literal_has_no_mirror_and_is_no_failure()
    {
        await using var scene = await PullScene.StartAsync();

        var answer = await JsonAsync(scene, ["[fd00::1]:5000/app:1", "--namespace", "team-a"], "");

        Assert.Equal("[fd00::1]:5000/app", answer.GetProperty("image").GetProperty("repository").GetString());
        Assert.Contains(
            "IPv6 literal, which no mirror can match", answer.GetProperty("authFile").GetProperty("whyNot").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("failure").ValueKind);
    }

    /// <summary>Each endpoint is compared with the keys of its host alone, and lists only these.</summary>
    [Fact]
    public async Task Many_mirrors_and_many_keys_together_are_no_endless_explanation()
    {
        await using var scene = await PullScene.StartAsync();
        var mirrors = Enumerable.Range(0, 20_000).Select(i => $"[[registry.mirror]]\nlocation = \"m{i}.invalid/hub\"\n");
        scene.Node.Configure($"[[registry]]\nlocation = \"registry.invalid\"\n{string.Concat(mirrors)}");
        var keys = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"m{i}.invalid\":{{\"auth\":\"dTpw\"}}"));
        var manifest = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata: {name: a}\n"
            + "stringData: {.dockerconfigjson: '{\"auths\":{"
            + keys + ",\"*.invalid\":{\"auth\":\"eDp5\"}}}'}\n";

        var answer = await OfManifestAsync(scene, manifest);

        Assert.Equal("a m7.invalid", Chosen(answer, 7));
        Assert.Equal("a *.invalid", Chosen(answer, 7000));
        var endpoints = answer.GetProperty("endpoints").EnumerateArray().ToArray();
        Assert.Equal(20_001, endpoints.Length);
        Assert.Equal(["m7.invalid chosen", "*.invalid lost"], endpoints[7].GetProperty("keys").EnumerateArray()
            .Select(key => $"{key.GetProperty("key").GetString()} {key.GetProperty("standing").GetString()}"));
    }

    private static async Task<JsonElement> OfManifestAsync(PullScene scene, string manifest)
    {
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "s.yaml"), manifest);
        return await JsonAsync(scene, [PullScene.Image, "--namespace", "team-a", "--secrets-from", directory], "");
    }

    [Theory]
    [InlineData("403", 1, "may not list Secrets in namespace team-a (403 Forbidden)")]
    [InlineData("registries", 1, "has a URI scheme")]
    [InlineData("unmirrored", 0, "registries.conf gives this image no mirror and no other name")]
    [InlineData("static", 0, "the request has no ServiceAccount token, as for a static pod")]
    [InlineData("static, bad registries", 0, "the request has no ServiceAccount token, as for a static pod")]
    [InlineData("bad registries, static", 0, "has a URI scheme")]
    [InlineData("nothing", 0, "no Secret has a credential for an endpoint, so CRI-O reads the node's own logins by itself")]
    [InlineData("helpers", 0, "CRI-O reads no auth file here")]
    [InlineData("writable", 1, "can be written by others (mode 777): chmod 0755")]
    public async Task It_says_why_there_is_none(string what, int exitCode, string why)
    {
        await using var scene = await PullScene.StartAsync();
        switch (what)
        {
            case "403":
                scene.Server.Cluster.ForbidAll();
                break;
            case "registries":
                scene.Node.Mirror("registry.invalid", "https://mirror.invalid");
                break;
            case "unmirrored":
                scene.Node.Configure("");
                break;
            case "static":
                scene.Token = null;
                break;
            case "static, bad registries" or "bad registries, static":
                // A pull without a token is answered before it looks for mirrors.
                scene.Token = null;
                scene.Node.Mirror("registry.invalid", "https://mirror.invalid");
                break;
            case "nothing":
                scene.Secrets();
                break;
            case "writable":
                File.SetUnixFileMode(scene.Node.AuthDir, (UnixFileMode)0b111_111_111);
                break;
            case "helpers":
                scene.Node.Configure(
                    "credential-helpers = [\"pass\"]\n[[registry]]\nlocation = \"registry.invalid\"\n"
                        + "[[registry.mirror]]\nlocation = \"localhost:5000\"\n");
                break;
        }

        var run = await Plugin.RunAsync(
            ["explain", "--request", "-", .. scene.Arguments()], new KubeletRequest(PullScene.Image, scene.Token).ToBytes());

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(why, Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_missing_directory_of_auth_files_stays_missing_and_is_no_fault()
    {
        await using var scene = await PullScene.StartAsync();
        Directory.Delete(scene.Node.AuthDir);

        var text = await TextAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);

        Assert.Contains($"{scene.AuthFilePath} would be written", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scene.Node.AuthDir));
    }

    [Fact]
    public async Task What_the_watch_cache_had_before_the_store_was_asked_is_not_shown()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Secret.DockerConfigJson("login", ("registry.invalid", RegistryEntry.Basic("someone", "password-old"))));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Secret.DockerConfigJson("login", ("localhost:5000", RegistryEntry.Basic("someone", "password-new"))));

        var text = await TextAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);

        Assert.Contains("chosen: Secret login, key \"localhost:5000\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("key \"registry.invalid\"", text, StringComparison.Ordinal);
        Assert.Equal(4, scene.Server.Requests.All.Count);
    }

    [Fact]
    public async Task What_the_nodes_own_logins_answer_is_named_with_its_file_and_what_it_means()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.GlobalAuth("""
            {"auths":{"https://localhost:5000/some/page":{"auth":"c29tZW9uZTpwYXNzd29yZC1wYWdl"},"localhost:5000/":{"auth":"c29tZW9uZTpwYXNzd29yZC1zbGFzaA=="},
                      "registry.invalid":{"auth":"c29tZW9uZTpwYXNzd29yZC1oaWRkZW4="}},
             "credHelpers":{"registry.invalid":"ecr-login"}}
            """);

        var text = await TextAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);
        var said = await JsonAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);

        var where = $"global auth file {scene.Node.GlobalAuthFile}";
        Assert.Contains($"       chosen: {where}, key \"https://localhost:5000/some/page\"\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"       lost: {where}, key \"localhost:5000/\": CRI-O looks for the chosen key first\n", text,
            StringComparison.Ordinal);
        Assert.Contains(
            $"       credential helper ecr-login of {scene.Node.GlobalAuthFile} answers for the host", text,
            StringComparison.Ordinal);
        Assert.Contains(
            $"       lost: {where}, key \"registry.invalid\": credential helper ecr-login of", text, StringComparison.Ordinal);
        var answer = "empty: the kubelet records the image as open to every pod of the node; "
            + "a login of the node serves every namespace, so any pod may pull with it and start the image";
        Assert.Contains(answer, text, StringComparison.Ordinal);
        Assert.Equal(answer, said.GetProperty("answer").GetString());
        var endpoints = said.GetProperty("endpoints").EnumerateArray().ToArray();
        Assert.All(endpoints, endpoint => Assert.Equal(
            ("global", scene.Node.GlobalAuthFile),
            (endpoint.GetProperty("credentialFrom").GetString(), endpoint.GetProperty("credentialFile").GetString())));
        Assert.Equal([null, "ecr-login"], endpoints.Select(endpoint => endpoint.GetProperty("credentialHelper").GetString()));
        Assert.Equal(scene.Node.GlobalAuthFile, Keys(said, 0).First().GetProperty("file").GetString());
    }

    /// <summary>Each key is looked up among all, so the work must not grow with the square of their number.</summary>
    [Fact]
    public async Task A_hundred_thousand_keys_are_explained_one_by_one()
    {
        const int count = 100_000;
        await using var scene = await PullScene.StartAsync();
        var keys = string.Join(
            ',',
            Enumerable.Range(0, count).Select(
                i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"localhost:5000/mirror/{i}\":{{}}")));
        var secret = new
        {
            apiVersion = "v1", kind = "Secret", type = "kubernetes.io/dockerconfigjson", metadata = new { name = "many" },
            stringData = new Dictionary<string, string> { [".dockerconfigjson"] = "{\"auths\":{" + keys + "}}" },
        };
        await File.WriteAllTextAsync(Path.Combine(scene.Node.Root, "many.json"), JsonSerializer.Serialize(secret));

        var run = await Plugin.RunAsync(
            [
                "explain", PullScene.Image, "--namespace", "team-a", "--secrets-from", scene.Node.Root, .. scene.Arguments(),
                "--output", "json"],
            []);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        var said = JsonDocument.Parse(run.Stdout).RootElement;
        Assert.Equal(count, Keys(said, 0).Count(key => key.GetProperty("standing").GetString() == "near-miss"));
    }

    /// <summary>They are listed at each endpoint, here 50, unless that makes more than a million of them.</summary>
    [Theory]
    [InlineData(20_000, 1_000_000)]
    [InlineData(20_001, 0)]
    public async Task Keys_of_other_registries_are_listed_up_to_a_million(int count, int listed)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", [.. Enumerable.Range(1, 49).Select(i => $"m{i}.invalid")]);
        var keys = string.Join(',', Enumerable.Range(0, count).Select(i => $"\\\"{i}\\\":{{}}"));
        const string secret =
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"n"},"type":"kubernetes.io/dockercfg","stringData":""";
        var manifest = $$$"""{{{secret}}}{".dockercfg":"{{{{keys}}}}"}}""";
        await File.WriteAllTextAsync(Path.Combine(scene.Node.Root, "many.json"), manifest);

        var run = await Plugin.RunAsync(
        [
            "explain", PullScene.Image, "--namespace", "team-a", "--secrets-from", scene.Node.Root, .. scene.Arguments(),
            "--output", "json",
        ], []);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Equal(listed, run.Stdout.AsSpan().Count("\"standing\": \"elsewhere\""u8));
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox")]
    [InlineData("busybox:1.36", "docker.io/library/busybox")]
    [InlineData("index.docker.io/app/web@sha256:0000", "docker.io/app/web")]
    [InlineData("localhost/app:v1", "localhost/app")]
    [InlineData("registry.invalid:8443/team/app:v2@sha256:0000", "registry.invalid:8443/team/app")]
    [InlineData("team/app", "docker.io/team/app")]
    public async Task An_image_is_taken_as_a_kubelet_takes_it(string given, string repository)
    {
        await using var scene = await PullScene.StartAsync();

        var said = await JsonAsync(scene, [given, "--namespace", "team-a"], "");

        Assert.Equal(repository, said.GetProperty("image").GetProperty("repository").GetString());
    }

    [Fact]
    public async Task Names_that_a_tenant_wrote_do_not_reach_the_terminal_as_they_are()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(
            Secret.DockerConfigJson(
                "login", ("localhost:5000/\u001b[31m\u202e", RegistryEntry.Basic("someone", "password-one"))));

        var text = await TextAsync(scene, [PullScene.Image, "--token-file", "-"], scene.Token!);

        Assert.Contains("near-miss: Secret login, key \"localhost:5000/?[31m?\"", text, StringComparison.Ordinal);
    }

    private static string Chosen(JsonElement said, int endpoint)
    {
        var key = Assert.Single(Keys(said, endpoint), k => k.GetProperty("standing").GetString() == "chosen");
        return $"{key.GetProperty("secret").GetString()} {key.GetProperty("key").GetString()}";
    }

    private static JsonElement.ArrayEnumerator Keys(JsonElement said, int endpoint) =>
        said.GetProperty("endpoints")[endpoint].GetProperty("keys").EnumerateArray();

    private static string[] Warnings(JsonElement said) =>
        [.. said.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];

    private static Task<JsonElement> ExplainAsync(PullScene scene, KubeletRequest request, params string[] more) =>
        JsonAsync(scene, ["--request", "-", .. more], Encoding.UTF8.GetString(request.ToBytes()));

    private static async Task<JsonElement> JsonAsync(PullScene scene, string[] arguments, string input) =>
        JsonDocument.Parse(await TextAsync(scene, [.. arguments, "--output", "json"], input)).RootElement;

    private static async Task<string> TextAsync(PullScene scene, string[] arguments, string input)
    {
        var run = await Plugin.RunAsync(["explain", .. arguments, .. scene.Arguments()], Encoding.UTF8.GetBytes(input));
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        run.RevealsNoneOf(["password-", "someone", .. (scene.Token ?? "").Split('.').Where(p => p.Length > 8)]);
        scene.RevealsNothing(Encoding.UTF8.GetString(run.Stdout));
        return Encoding.UTF8.GetString(run.Stdout);
    }
}
