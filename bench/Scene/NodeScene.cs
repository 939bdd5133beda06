using System.Globalization;
using System.Text.Json;

namespace FastProvider.Bench.Scene;

/// <summary>
/// The files of a node in a directory of its own, the API server, and the plugin's runs over them. The directory's name has a
/// fixed length: arguments are copied, so their length shows in the count of instructions.
/// </summary>
public sealed class NodeScene : IDisposable
{
    private readonly Dictionary<string, AgentProcess> _agents = [];
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-bench-").FullName;

    /// <summary>Makes the files and starts the server.</summary>
    /// <param name="port">The server's; 0 for any.</param>
    /// <param name="tickMs">Consistent LISTs wait for the next tick of so many milliseconds; with 0 they do not.</param>
    public NodeScene(int port = 0, int tickMs = 0)
    {
        Server = ServerProcess.Start(In("cluster"), port, tickMs);
        Write("empty.conf", "");
        Write("mirror.conf", RegistriesText.OneMirror);
        Write("tables.conf", RegistriesText.Tables(10_000));
        Write("config.json", """{"auths":{}}""");
        Directory.CreateDirectory(In("conf.d"));
        AuthDir = In("auth");
        foreach (var count in (int[])[0, 1, 3, 10, 1_000, 10_000])
        {
            Write(
                string.Create(CultureInfo.InvariantCulture, $"mirrored-{count}.json"),
                Request(RegistriesText.MirroredImage, count));
        }

        Write("unmirrored.json", Request(RegistriesText.UnmirroredImage, 3));
    }

    /// <summary>The cluster.</summary>
    public ServerProcess Server { get; }

    /// <summary>Where the plugin writes.</summary>
    public string AuthDir { get; }

    /// <summary>An image without mirror and an empty registries.conf.</summary>
    public Command Unmirrored(string plugin) => Run(plugin, "unmirrored.json", "empty.conf");

    /// <summary>An image without mirror and 10,000 tables that do not match it.</summary>
    public Command UnmirroredAmongTables(string plugin) => Run(plugin, "unmirrored.json", "tables.conf");

    /// <summary>A mirrored image and a namespace of this many Secrets, the last of which serves the mirror.</summary>
    public Command Mirrored(string plugin, int secrets) =>
        Run(plugin, string.Create(CultureInfo.InvariantCulture, $"mirrored-{secrets}.json"), "mirror.conf");

    /// <summary>The same with eight shared Secrets of a platform that the workload may not read: each is asked for.</summary>
    public Command MirroredWithShared(string plugin, int secrets)
    {
        var shared = string.Join(',', Enumerable.Range(1, 8).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"platform/s{i}")));
        var alone = Mirrored(plugin, secrets);
        return alone with { Words = [.. alone.Words, "--shared-secrets", shared] };
    }

    /// <summary>
    /// A mirrored image that no Secret serves, where another provider of the kubelet is looked for: there is one, for others.
    /// </summary>
    public Command UnservedWithChain(string plugin)
    {
        Write("providers.yaml", """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: cloud
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                matchImages: ["*.registry.cloud.example.com"]
                defaultCacheDuration: 12h

            """);
        var alone = Mirrored(plugin, 0);
        return alone with
        {
            Words = [.. alone.Words, "--chain", "--chain-config", In("providers.yaml"), "--chain-bin-dir", In("providers")],
        };
    }

    /// <summary>The same, carried out by an agent of that binary, which is started for it and stays.</summary>
    public Command MirroredByAgent(string plugin, int secrets)
    {
        if (!_agents.TryGetValue(plugin, out var agent))
        {
            agent = _agents[plugin] = AgentProcess.Start(plugin, In($"agent-{_agents.Count}"));
        }

        // Locks of its own: the agent has that of a slot for as long as it has a file for it, and runs that are measured alone
        // would wait behind it.
        var alone = Mirrored(plugin, secrets);
        return alone with
        {
            Words = [.. alone.Words, "--agent", agent.Socket, "--lock-dir", Path.GetDirectoryName(agent.Socket)!],
        };
    }

    /// <summary>Takes the auth file away, as CRI-O does at the start of a pull: the next run finds its slot empty.</summary>
    public void TakeAuthFile()
    {
        if (Directory.Exists(AuthDir))
        {
            Array.ForEach(Directory.GetFiles(AuthDir), File.Delete);
        }
    }

    /// <summary>
    /// Writes what a provider without flags expects below <c>/etc</c>: registries.conf, CRI-O's auth directory, and where the API
    /// server is.
    /// </summary>
    /// <returns>The directory that is to stand there.</returns>
    public string WriteFixedPaths()
    {
        Directory.CreateDirectory(In("etc/containers/registries.conf.d"));
        Directory.CreateDirectory(In("etc/crio"));
        Directory.CreateDirectory(In("etc/kubernetes"));
        Directory.CreateDirectory(AuthDir);
        File.CreateSymbolicLink(In("etc/crio/auth"), AuthDir);
        Write("etc/containers/registries.conf", RegistriesText.OneMirror);
        Write(
            "etc/kubernetes/apiserver-url.env",
            $"KUBERNETES_SERVICE_HOST='localhost'\nKUBERNETES_SERVICE_PORT='{new Uri(Server.Url).Port}'\n");
        return In("etc");
    }

    /// <summary>A path in the node's directory.</summary>
    public string In(string name) => Path.Join(_root, name);

    /// <summary>Stops the server and removes the files.</summary>
    public void Dispose()
    {
        foreach (var agent in _agents.Values)
        {
            agent.Dispose();
        }

        Server.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private Command Run(string plugin, string request, string registries) => new(
        [
            plugin, "--registries-conf", In(registries), "--registries-conf-dir", In("conf.d"), "--auth-dir", AuthDir,
            "--global-auth-file", In("config.json"), "--kubeconfig", Server.Kubeconfig,
        ],
        In(request));

    private void Write(string name, string text) => File.WriteAllText(In(name), text);

    private string Request(string image, int secrets) => JsonSerializer.Serialize(new
    {
        kind = "CredentialProviderRequest",
        apiVersion = "credentialprovider.kubelet.k8s.io/v1",
        image,
        serviceAccountToken = Server.Token(secrets),
    }) + "\n";
}

/// <summary>One run of a program.</summary>
/// <param name="Words">The full path of the program and its arguments.</param>
/// <param name="StandardInput">The file on its standard input.</param>
public sealed record Command(IReadOnlyList<string> Words, string StandardInput);
