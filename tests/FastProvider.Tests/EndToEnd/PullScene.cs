using System.Text;
using System.Text.Json;
using FastProvider.Tests.Agent;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Clock;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A node and its API server, ready for pulls of <see cref="Image"/> by a pod of team-a whose ServiceAccount may read Secrets.
/// Every run is checked to reveal neither token nor credential.
/// </summary>
internal sealed class PullScene : IAsyncDisposable
{
    public const string Namespace = "team-a";
    public const string ServiceAccount = "puller";
    public const string Image = "registry.invalid/app";

    /// <summary>The one endpoint beside the primary, in the default registries.conf.</summary>
    public const string MirrorRepository = "localhost:5000/mirror/app";

    private readonly List<string> _confidential = [];

    private PullScene(KubeApiServer server)
    {
        Server = server;
        Server.Cluster.Allow(Namespace, ServiceAccount);
        Kubeconfig = server.WriteKubeconfig(Node.Pki);
        Node.Mirror("registry.invalid", "localhost:5000/mirror");
        Token = server.Cluster.Tokens.Issue(Namespace, ServiceAccount);
        Agent = NodeAgent.IsForAll ? NodeAgent.Start(Node.LockDir) : null;
    }

    public KubeApiServer Server { get; }

    public NodeSandbox Node { get; } = new();

    public string Kubeconfig { get; set; }

    /// <summary>What the kubelet hands over; null for a static pod.</summary>
    public string? Token { get; set; }

    /// <summary>Given to each run as <c>--timeout</c>. Short: a test of a fault that lasts waits as long.</summary>
    public string Timeout { get; set; } = "20s";

    /// <summary>The agent that runs have their pulls carried out by; null for none, and then none is started.</summary>
    public NodeAgent? Agent { get; set; }

    /// <summary>The clock of this node; null for the machine's.</summary>
    public NodeClock? Clock { get; set; }

    public string AuthFilePath => AuthFilePathOf(Image);

    /// <summary>A server in good order with one Secret for the mirror; change what the test is about.</summary>
    public static async Task<PullScene> StartAsync(KubeApiServerOptions? options = null)
    {
        var scene = new PullScene(await KubeApiServer.StartAsync(options));
        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))));
        return scene;
    }

    public string AuthFilePathOf(string image) => AuthFile.PathOf(Node.AuthDir, Namespace, image);

    /// <summary>Sets the namespace's Secrets and remembers what must not appear in any output.</summary>
    public PullScene Secrets(params Secret[] secrets)
    {
        Server.Cluster.SetSecrets(Namespace, secrets);
        foreach (var document in secrets.SelectMany(s => s.Data.Values))
        {
            Hide(Encoding.UTF8.GetString(document));
        }

        return this;
    }

    /// <summary>Remembers a document whose values must not appear in any output.</summary>
    public void Hide(string document)
    {
        _confidential.AddRange(document.Length >= 8 ? [document] : []);
        try
        {
            using var json = JsonDocument.Parse(document);
            HideValues(json.RootElement);
        }
        catch (JsonException)
        {
            // A document that is broken on purpose: as a whole it is hidden already.
        }
    }

    /// <summary>The next run is that of another pod of the same ServiceAccount.</summary>
    public void NextPod() =>
        Token = Server.Cluster.Tokens.Issue(Namespace, ServiceAccount, podUid: $"{Guid.NewGuid()}");

    /// <summary>Runs of so many pods, each of which is answered.</summary>
    public async Task RunPodsAsync(int count, params string[] more)
    {
        for (var pod = 0; pod < count; pod++)
        {
            NextPod();
            (await PullAsync(more)).Answers();
        }
    }

    /// <summary>So many pulls, one after the other: each finds the right file, and takes it.</summary>
    public void TakesFiles(int count)
    {
        for (var pull = 1; pull <= count; pull++)
        {
            Assert.True(
                SpinWait.SpinUntil(() => File.Exists(AuthFilePath), TimeSpan.FromSeconds(20)), $"pull {pull} of {count}");
            AuthFile.Read(AuthFilePath).Serves(MirrorRepository, "mirror", "mirror-password");
            File.Delete(AuthFilePath);
        }
    }

    /// <summary>Writes the node's global auth file with the entries given.</summary>
    public void GlobalAuth(params (string Key, RegistryEntry Entry)[] entries) =>
        GlobalAuth(Encoding.UTF8.GetString(Secret.DockerConfigJson("global", entries).Data[".dockerconfigjson"]));

    /// <summary>Writes any text as the node's global auth file.</summary>
    public void GlobalAuth(string json)
    {
        File.WriteAllText(Node.GlobalAuthFile, json);
        Hide(json);
    }

    /// <summary>The plugin's arguments for this node, with the ones given after them.</summary>
    public string[] Arguments(params string[] more) =>
    [
        "--registries-conf", Node.RegistriesConf, "--registries-conf-dir", Node.RegistriesConfDir, "--auth-dir", Node.AuthDir,
        "--global-auth-file", Node.GlobalAuthFile, "--lock-dir", Node.LockDir, "--kubeconfig", Kubeconfig, "--timeout", Timeout,
        "--agent", Agent is null ? "none" : "auto", .. more,
    ];

    /// <summary>One run for <see cref="Image"/>.</summary>
    public Task<PluginRun> PullAsync(params string[] more) => PullAsync(new KubeletRequest(Image, Token), Arguments(more));

    /// <summary>One run for another image.</summary>
    public Task<PluginRun> PullImageAsync(string image) => PullAsync(new KubeletRequest(image, Token), Arguments());

    /// <summary>One run with every detail given.</summary>
    public async Task<PluginRun> PullAsync(
        KubeletRequest request, string[] arguments, IReadOnlyDictionary<string, string>? environment = null,
        string? binary = null,
        Func<int, Task>? whileRunning = null)
    {
        var run = await Plugin.RunAsync(arguments, request.ToBytes(), WithClock(environment), binary, whileRunning);
        run.RevealsNoneOf(Confidential(request.Token));
        return run;
    }

    /// <summary>
    /// Fails if a text that the plugin left somewhere holds a token or credential; the message does not repeat it.
    /// </summary>
    public void RevealsNothing(string text) => Assert.False(
        Confidential(Token).Any(s => text.Contains(s, StringComparison.Ordinal)), "The text reveals a token or credential.");

    /// <summary>A run that must succeed and write credentials of Secrets; returns the file.</summary>
    public async Task<AuthFile> WritesAsync(string image = Image)
    {
        var run = await PullImageAsync(image);
        run.Answers().ClaimsPrivate(image);
        Assert.Contains(
            run.Stderr.Split('\n'), l => l.StartsWith($"Wrote auth file to {AuthFilePathOf(image)}", StringComparison.Ordinal));
        // An agent has the file of the next pod ready, under another name.
        Assert.Equal(
            [Path.GetFileName(AuthFilePathOf(image))],
            Node.AuthDirNames().Where(name => Agent is null || !name.EndsWith(".tmp", StringComparison.Ordinal)));
        return AuthFile.Read(AuthFilePathOf(image));
    }

    /// <summary>A run that must succeed without finding any credential; returns what it said.</summary>
    public async Task<string> FindsNothingAsync(string image = Image)
    {
        var run = await PullImageAsync(image);
        run.Answers().IsEmpty();
        Assert.Empty(Node.AuthDirNames());
        return run.Stderr;
    }

    /// <summary>A run that must fail, leaving nothing in the auth directory; returns its one line.</summary>
    public async Task<string> FailsAsync(params string[] more)
    {
        var line = (await PullAsync(more)).Fails();
        Assert.Empty(Node.AuthDirNames());
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        Clock?.Dispose();
        Agent?.Dispose();
        Node.Dispose();
        await Server.DisposeAsync();
    }

    private IReadOnlyDictionary<string, string>? WithClock(IReadOnlyDictionary<string, string>? environment) => Clock is null
        ? environment : new Dictionary<string, string>(Clock.Environment.Concat(environment ?? new Dictionary<string, string>()));

    private IEnumerable<string> Confidential(string? token) =>
        _confidential.Concat((token ?? "").Split('.').Where(p => p.Length > 8));

    private void HideValues(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && member.Name is ("password" or "auth" or "identitytoken")
                && member.Value.GetString() is { Length: >= 8 } value)
            {
                _confidential.Add(value);
                if (member.Name == "auth" && member.Value.TryGetBytesFromBase64(out var pair))
                {
                    var password = Encoding.UTF8.GetString(pair).Split(':', 2)[^1];
                    _confidential.AddRange(password.Length >= 8 ? [password] : []);
                }
            }

            HideValues(member.Value);
        }
    }
}
