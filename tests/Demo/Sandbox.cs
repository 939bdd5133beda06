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
    public const string PlatformImage = "registry.k8s.io/pause";

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

            # The platform's own mirrors: one Secret of it opens the first, the cloud's credential provider the second.
            [[registry]]
            location = "registry.k8s.io"

            [[registry.mirror]]
            location = "mirror.platform.example.com/k8s"

            [[registry.mirror]]
            location = "123456789012.registry.cloud.example.com/k8s"

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
        _server.Cluster.AllowGetToGroup("platform", Namespace, "mirror-login").SetSecrets("platform",
        [
            Secret.DockerConfigJson(
                "mirror-login", ("mirror.platform.example.com", RegistryEntry.Basic("platform", "a-shared-password"))),
        ]);
        WriteCloudProvider();
        Kubeconfig = _server.WriteKubeconfig(Directory.CreateDirectory(Path.Join(Root, "pki")).FullName);
        Authority = _server.WriteAuthority(Path.Join(Root, "pki"));
        Token = _server.Cluster.Tokens.Issue(Namespace, "default");
        File.WriteAllText(MirroredRequest, Request(MirroredImage));
        File.WriteAllText(UnmirroredRequest, Request(UnmirroredImage));
        File.WriteAllText(PlatformRequest, Request(PlatformImage));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("fast-provider-demo-").FullName;

    public string RegistriesConf => Path.Join(Root, "registries.conf");

    public string DropIns => Path.Join(Root, "registries.conf.d");

    public string AuthDir => Path.Join(Root, "auth");

    public string GlobalAuthFile => Path.Join(Root, "config.json");

    public string MirroredRequest => Path.Join(Root, "mirrored.json");

    public string UnmirroredRequest => Path.Join(Root, "unmirrored.json");

    public string PlatformRequest => Path.Join(Root, "platform.json");

    /// <summary>What lets pulls use what the platform keeps.</summary>
    public string[] PlatformArguments =>
    [
        "--shared-secrets", "platform/mirror-login", "--chain", "--chain-config", ProviderConfig, "--chain-bin-dir", ProviderDir,
    ];

    /// <summary>The kubelet's CredentialProviderConfig, as far as it is about the cloud's provider.</summary>
    public string ProviderConfig => Path.Join(Root, "credential-providers.yaml");

    public string ProviderDir => Path.Join(Root, "credential-providers");

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

    private void WriteCloudProvider()
    {
        File.WriteAllText(ProviderConfig, """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: cloud-credential-provider
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                matchImages: ["*.registry.cloud.example.com"]
                defaultCacheDuration: 12h

            """);
        var program = Path.Join(Directory.CreateDirectory(ProviderDir).FullName, "cloud-credential-provider");
        File.WriteAllText(program, """
            #!/bin/sh
            echo '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Registry",
              "auth":{"*.registry.cloud.example.com":{"username":"node","password":"good-for-12-hours"}}}'

            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Request(string image) => JsonSerializer.Serialize(new
    {
        kind = "CredentialProviderRequest",
        apiVersion = "credentialprovider.kubelet.k8s.io/v1",
        image,
        serviceAccountToken = Token,
    });
}
