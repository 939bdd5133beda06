using System.Text.Json;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Demo;

/// <summary>
/// A node and a cluster in a temporary directory: an API server with one namespace and three Secrets, a registries.conf with
/// a pull-through cache and a private mirror, and requests as a kubelet sends them.
/// </summary>
internal sealed class Sandbox : IAsyncDisposable
{
    public const string Namespace = "team-a";
    public const string MirroredImage = "docker.io/library/busybox";
    public const string UnmirroredImage = "quay.io/app/web";

    private readonly KubeApiServer _server;

    private Sandbox(KubeApiServer server)
    {
        _server = server;
        File.WriteAllText(RegistriesConf, """
            # Every image of Docker Hub comes from the cache of the company; only a few tenants may use the private mirror.
            [[registry]]
            location = "docker.io"

            [[registry.mirror]]
            location = "cache.example.com:5000/dockerhub"

            [[registry.mirror]]
            location = "mirror.example.com/hub"
            pull-from-mirror = "digest-only"

            """);
        Directory.CreateDirectory(DropIns);
        File.WriteAllText(GlobalAuthFile, """{"auths":{}}""");
        _server.Cluster.Allow(Namespace, "default").SetSecrets(Namespace,
        [
            Secret.DockerConfigJson(
                "cache-login", ("cache.example.com:5000", RegistryEntry.Basic("team-a", "a-made-up-password"))),
            Secret.DockerConfigJson(
                "docker-hub", ("https://index.docker.io/v1/", RegistryEntry.Basic("hub-user", "another-made-up-password"))),
            Secret.DockerConfigJson(
                "elsewhere", ("registry.elsewhere.example.com", RegistryEntry.Basic("nobody", "never-needed-here"))),
        ]);
        Kubeconfig = _server.WriteKubeconfig(Directory.CreateDirectory(Path.Join(Root, "pki")).FullName);
        Authority = _server.WriteAuthority(Path.Join(Root, "pki"));
        Token = _server.Cluster.Tokens.Issue(Namespace, "default");
        File.WriteAllText(MirroredRequest, Request(MirroredImage));
        File.WriteAllText(UnmirroredRequest, Request(UnmirroredImage));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("fast-provider-demo-").FullName;

    public string RegistriesConf => Path.Join(Root, "registries.conf");

    public string DropIns => Path.Join(Root, "registries.conf.d");

    public string AuthDir => Path.Join(Root, "auth");

    public string GlobalAuthFile => Path.Join(Root, "config.json");

    public string MirroredRequest => Path.Join(Root, "mirrored.json");

    public string UnmirroredRequest => Path.Join(Root, "unmirrored.json");

    public string Kubeconfig { get; }

    public string Authority { get; }

    public string Token { get; }

    public string ServerUrl => _server.Url;

    /// <summary>What the kubelet's configuration would give as args.</summary>
    public string[] Arguments =>
    [
        "--registries-conf", RegistriesConf, "--registries-conf-dir", DropIns, "--auth-dir", AuthDir,
        "--lock-dir", Path.Join(Root, "run"), "--global-auth-file", GlobalAuthFile, "--kubeconfig", Kubeconfig,
    ];

    public static async Task<Sandbox> StartAsync() => new(await KubeApiServer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private string Request(string image) => JsonSerializer.Serialize(new
    {
        kind = "CredentialProviderRequest",
        apiVersion = "credentialprovider.kubelet.k8s.io/v1",
        image,
        serviceAccountToken = Token,
    });
}
