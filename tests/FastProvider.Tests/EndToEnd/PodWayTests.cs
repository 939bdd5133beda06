using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary><c>--secrets pod</c>: the node reads the pod and the Secrets that it names; the workload may read nothing.</summary>
public sealed class PodWayTests
{
    private const string PodPath = "/api/v1/namespaces/team-a/pods/" + TokenIssuer.PodName;
    private const string SecretPath = "/api/v1/namespaces/team-a/secrets/";

    [Fact]
    public async Task The_pod_and_each_Secret_it_names_is_one_GET_as_the_node_on_one_connection_without_the_workloads_token()
    {
        await using var scene = await StartAsync(["b", "a", "b", "c"], One("a"), One("b"), One("c"), One("unnamed"));

        var run = await PullAsync(scene);

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal(
            [PodPath, SecretPath + "b", SecretPath + "a", SecretPath + "c"], scene.Server.Requests.All.Select(r => r.Path));
        Assert.All(scene.Server.Requests.All, r =>
        {
            Assert.Equal(("GET", "system:node:node1"), (r.Method, r.User));
            Assert.DoesNotContain("Authorization", r.Headers.Keys);
            Assert.False(string.IsNullOrEmpty(r.QueryValue("timeout")));
        });
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        Served(scene).Serves(PullScene.MirrorRepository, "b", "password-b");
        Assert.Contains("; 3 Secrets read; ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_names_no_Secret_is_the_only_thing_read()
    {
        await using var scene = await StartAsync([], One("a"));

        var run = await PullAsync(scene);

        run.Answers().IsEmpty();
        Assert.Equal([PodPath], scene.Server.Requests.All.Select(r => r.Path));
        Assert.Contains(
            $"; 0 Secrets read, as pod team-a/{TokenIssuer.PodName} names none in imagePullSecrets", run.Stderr,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_Secret_is_a_warning_and_the_others_serve()
    {
        await using var scene = await StartAsync(["gone", "a"], One("a"));

        var run = await PullAsync(scene);

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "a", "password-a");
        Assert.Contains("warning: Secret gone does not exist in namespace team-a", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_pod_that_the_authorizer_does_not_know_yet_is_asked_for_again(int refusals)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Server.Script.When(r => r.Path == PodPath && r.Attempt <= refusals, Respond.Recorded("pod-get-403-missing"));

        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal(refusals + 1, scene.Server.Requests.All.Count(r => r.Path == PodPath));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_Secret_that_the_authorizer_does_not_know_yet_is_asked_for_again_alone()
    {
        await using var scene = await StartAsync(["a", "b"], One("a"), One("b"));
        scene.Server.Script.When(
            r => r.Path == SecretPath + "a" && r.Attempt <= 2, Respond.Recorded("node-secret-get-403-not-named"));

        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "a", "password-a");
        Assert.Equal(
            [PodPath, SecretPath + "a", SecretPath + "b", SecretPath + "a", SecretPath + "a"],
            scene.Server.Requests.All.Select(r => r.Path));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_pod_of_another_node_stays_forbidden()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node2", "a"));

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains(
            $"node node1 may not get pod team-a/{TokenIssuer.PodName} (403 Forbidden) (after 6 tries)", line,
            StringComparison.Ordinal);
        Assert.All(scene.Server.Requests.All, r => Assert.Equal(PodPath, r.Path));
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_Secret_that_stays_forbidden_fails_the_run()
    {
        await using var scene = await StartAsync(["a", "b"], One("a"), One("b"));
        scene.Server.Script.When(r => r.Path == SecretPath + "b", Respond.Recorded("node-secret-get-403-not-named"));

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains(
            $"node node1 may not get Secret b that pod team-a/{TokenIssuer.PodName} names in imagePullSecrets (403 Forbidden)",
            line, StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("node2", TokenIssuer.PodUid, "is not bound to this node, node1")]
    [InlineData("", TokenIssuer.PodUid, "is not bound to this node, node1")]
    [InlineData("node1", "00000000-0000-0000-0000-000000000000", "is another than the token's (its uid differs)")]
    [InlineData("node1", "", "is another than the token's (its uid differs)")]
    public async Task The_pod_must_be_the_tokens_and_on_this_node_whatever_the_server_allows(string node, string uid, string said)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Server.Script.When(r => r.Path == PodPath, Respond.Document(
            $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{TokenIssuer.PodName}}}","namespace":"team-a","uid":"{{{uid}}}"},"spec":{"nodeName":"{{{node}}}","imagePullSecrets":[{"name":"a"}]}}"""));

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.Equal([PodPath], scene.Server.Requests.All.Select(r => r.Path));
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_pod_that_was_made_anew_under_its_name_is_not_the_tokens()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "a") { Uid = "other" });

        Assert.Contains("its uid differs", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"Pod","metadata":{"name":"other","namespace":"team-a","uid":"UID"},"spec":{"nodeName":"node1"}}""")]
    [InlineData("""{"kind":"Pod","metadata":{"name":"NAME","namespace":"team-b","uid":"UID"},"spec":{"nodeName":"node1"}}""")]
    [InlineData("""{"kind":"PodList","metadata":{"name":"NAME","namespace":"team-a","uid":"UID"},"spec":{"nodeName":"node1"}}""")]
    [InlineData("""{"kind":"Pod","metadata":{"name":"NAME","namespace":"team-a","uid":"UID"},"spec":{"nodeName":"node1"}""")]
    [InlineData("""{"kind":"Pod","metadata":{"name":"NAME","namespace":"team-a","uid":"UID"},"spec":{"nodeName":"node1","imagePullSecrets":["a"]}}""")]
    public async Task An_answer_about_something_else_is_refused(string json)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        json = json.Replace("NAME", TokenIssuer.PodName, StringComparison.Ordinal)
            .Replace("UID", TokenIssuer.PodUid, StringComparison.Ordinal);
        scene.Server.Script.When(r => r.Path == PodPath, Respond.Document(json));

        Assert.Contains(
            $"something other than pod team-a/{TokenIssuer.PodName}", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_thirty_two_names_are_an_error_before_any_Secret_is_read()
    {
        var names = Enumerable.Range(1, 33).Select(i => string.Create(CultureInfo.InvariantCulture, $"s{i}")).ToArray();
        await using var scene = await StartAsync(names, One("s1"));

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains(
            $"pod team-a/{TokenIssuer.PodName} names more than 32 Secrets in imagePullSecrets", line, StringComparison.Ordinal);
        Assert.Equal([PodPath], scene.Server.Requests.All.Select(r => r.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"pod\":{\"name\":\"app\"},")]
    [InlineData("\"pod\":{\"name\":\"../secrets/a\",\"uid\":\"x\"},")]
    public async Task A_token_that_is_bound_to_no_pod_is_an_error_that_says_so(string pod)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Token = TokenIssuer.Sign(
            "{\"aud\":[\"a\"],\"kubernetes.io\":{\"namespace\":\"team-a\"," + pod
                + "\"serviceaccount\":{\"name\":\"puller\",\"uid\":\"u\"}}}");

        Assert.Contains("is not bound to a pod", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);

        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task Without_the_kubelets_kubeconfig_there_is_no_identity()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        var authority = scene.Server.WriteAuthority(scene.Node.Pki);
        string[] arguments =
        [
            .. scene.Arguments().TakeWhile(a => a != "--kubeconfig"), "--api-server", scene.Server.Url, "--certificate-authority",
            authority,
            "--secrets", "pod",
        ];

        var line = (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments)).Fails();

        Assert.Contains("the node's own identity is not known", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_CA_is_refused_by_the_server_and_named()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        using var stranger = new ClusterCertificates();
        using var node = stranger.Node();
        scene.Kubeconfig = Kubeconfig.WriteKubeadm(
            scene.Node.Pki, scene.Server.Url, scene.Server.Certificates.AuthorityPem, node);

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains("does not accept the client certificate of this node", line, StringComparison.Ordinal);
        Assert.Contains("kubelet-client-current.pem", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=kubernetes-admin")]
    [InlineData("CN=system:node:")] // whom a pod without a node would belong to
    [InlineData("CN=system:node:-")]
    [InlineData("CN=system:node:Node1")]
    [InlineData("CN=system:node:node1/x")]
    [InlineData("CN=system:nodes:node1")]
    [InlineData("CN=a-system:node:node1")]
    [InlineData("O=system:node:node1")]
    public async Task A_certificate_that_is_no_nodes_is_not_used(string subject)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        using var admin = scene.Server.Certificates.Client(subject);
        scene.Kubeconfig = Kubeconfig.WriteKubeadm(
            scene.Node.Pki, scene.Server.Url, scene.Server.Certificates.AuthorityPem, admin);

        Assert.Contains("is no node's", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        // An agent connects ahead of need.
        Assert.True(scene.Agent is not null || scene.Server.Requests.TcpConnections == 0);
    }

    [Theory]
    [InlineData("other key", "the key is not the certificate's")]
    [InlineData("key of another kind", "the key is not the certificate's")]
    [InlineData("encrypted key", "has an encrypted private key")]
    [InlineData("encrypted key of the older form", "has an encrypted private key")]
    [InlineData("encrypted key behind one that OpenSSL passes over", "cannot be used")]
    [InlineData("no key", "holds no private key")]
    public async Task A_key_that_cannot_be_used_is_one_line_that_names_its_file(string what, string why)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        var file = Path.Combine(scene.Node.Pki, "kubelet-client-current.pem");
        var certificate = (await File.ReadAllTextAsync(file)).Split("-----BEGIN PRIVATE KEY")[0];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKind = RSA.Create(2048);
        await File.WriteAllTextAsync(file, certificate + what switch
        {
            "other key" => key.ExportPkcs8PrivateKeyPem(),
            "key of another kind" => otherKind.ExportPkcs8PrivateKeyPem(),
            "encrypted key of the older form" =>
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
                    + "-----END RSA PRIVATE KEY-----\n",
            "encrypted key" => Encrypted(key),
            "encrypted key behind one that OpenSSL passes over" =>
                $"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n{Encrypted(key)}",
            _ => "",
        });

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains($"the client certificate and key of {file}", line, StringComparison.Ordinal);
        Assert.Contains("cannot be used", line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain("pass phrase", line, StringComparison.OrdinalIgnoreCase);

        static string Encrypted(ECDsa key) => key.ExportEncryptedPkcs8PrivateKeyPem(
            "p", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1));
    }

    [Theory]
    [InlineData(
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: aws-iam-authenticator, interactiveMode: Never}", "exec")]
    [InlineData("tokenFile: /var/lib/kubelet/token", "tokenFile")]
    [InlineData("token: hush-hush-hush", "token")]
    public async Task A_login_that_is_no_certificate_is_named(string user, string expected)
    {
        await using var scene = await StartAsync(["a"], One("a"));
        var lines = (await File.ReadAllLinesAsync(scene.Kubeconfig))
            .Where(line => !line.Contains("client-", StringComparison.Ordinal));
        await File.WriteAllTextAsync(scene.Kubeconfig, $"{string.Join('\n', lines).TrimEnd()}\n    {user}\n");

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains($"{scene.Kubeconfig} logs in by {expected}, which is not used here", line, StringComparison.Ordinal);
        Assert.Contains("use --secrets namespace or annotation", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", line, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    /// <summary>The kubelet renews both while the run is between them: strace holds it up where it opens the key.</summary>
    [Fact]
    public async Task A_certificate_and_a_key_in_two_files_are_of_one_time()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Agent?.Dispose();
        scene.Agent = null; // it would open the key in the run's place
        string both = Path.Combine(scene.Node.Pki, "kubelet-client-current.pem"),
            certificate = Path.Combine(scene.Node.Pki, "client.crt"), key = Path.Combine(scene.Node.Pki, "client.key");
        await File.WriteAllTextAsync(scene.Kubeconfig, (await File.ReadAllTextAsync(scene.Kubeconfig))
            .Replace($"client-certificate: {both}", $"client-certificate: {certificate}", StringComparison.Ordinal)
            .Replace($"client-key: {both}", $"client-key: {key}", StringComparison.Ordinal));
        Renew();
        var told = Path.Combine(scene.Node.Root, "told");
        await File.WriteAllTextAsync(told, "");
        string[] stopped = ["-f", "-o", told, "-P", key, "-e", "inject=openat:signal=STOP:when=1", Plugin.Binary];

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), [.. stopped, .. scene.Arguments("--secrets", "pod")],
            binary: "/usr/bin/strace", whileRunning: async id =>
            {
                await ToldEvents.WaitAsync(() => File.ReadAllText(told).Contains("stopped by SIGSTOP", StringComparison.Ordinal));
                Renew();
                var child = await File.ReadAllTextAsync($"/proc/{id}/task/{id}/children");
                using var go = Process.Start("/bin/kill", ["-s", "CONT", child.Trim()]);
                await go.WaitForExitAsync();
            });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Served(scene).Serves(PullScene.MirrorRepository, "a", "password-a");

        void Renew()
        {
            using var node = scene.Server.Certificates.Node();
            File.WriteAllText(certificate, node.ExportCertificatePem());
            File.WriteAllText(key, node.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
    }

    [Fact]
    public async Task The_certificates_above_the_nodes_are_shown_with_it()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        using var root = IssuedCertificate.SelfSigned(CertificateShape.Authority("root"));
        using var intermediate = root.Issue(CertificateShape.Authority("k8s-intermediate-ca"));
        using var node = intermediate.Issue(new CertificateShape
        {
            Subject = "O=system:nodes, CN=system:node:node1", Purpose = CertificateShape.ClientPurpose,
        });
        await File.WriteAllTextAsync(
            Path.Combine(scene.Node.Pki, "kubelet-client-current.pem"), node.Pem + intermediate.Pem + node.KeyPem);
        var authority = Path.Combine(scene.Node.Pki, "root.crt");
        await File.WriteAllTextAsync(authority, root.Pem);
        scene.Timeout = "4s"; // this server never answers

        var server = await OpenSslServer.StartAsync(
            scene.Server.Certificates, scene.Node.Pki, "-Verify", "3", "-CAfile", authority, "-verify_return_error");
        await using (server)
        {
            var kubeconfig = (await File.ReadAllTextAsync(scene.Kubeconfig))
                .Replace(scene.Server.Url, server.Url, StringComparison.Ordinal);
            await File.WriteAllTextAsync(scene.Kubeconfig, kubeconfig);
            Assert.Contains("in time", (await PullAsync(scene)).Fails(), StringComparison.Ordinal);
        }

        Assert.Contains($"GET {PodPath}", await server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_inside_the_kubeconfig_serves_as_well()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        var file = Path.Combine(scene.Node.Pki, "kubelet-client-current.pem");
        var pem = Convert.ToBase64String(await File.ReadAllBytesAsync(file));
        var kubeconfig = (await File.ReadAllTextAsync(scene.Kubeconfig))
            .Replace($"client-certificate: {file}", $"client-certificate-data: {pem}", StringComparison.Ordinal)
            .Replace($"client-key: {file}", $"client-key-data: {pem}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(scene.Kubeconfig, kubeconfig);
        File.Delete(file);

        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task An_RSA_key_and_a_chain_serve_as_well()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        var directory = scene.Node.Pki;
        using var key = RSA.Create(2048);
        using var node = scene.Server.Certificates.Client("O=system:nodes, CN=system:node:node1", key);
        // What follows the first certificate is its chain.
        await File.WriteAllTextAsync(Path.Combine(directory, "kubelet-client-current.pem"),
            key.ExportRSAPrivateKeyPem() + "\n" + node.ExportCertificatePem() + "\n" + scene.Server.Certificates.AuthorityPem);

        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task Faults_of_the_server_are_named_as_in_the_default_way()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        scene.Server.Script.Always(
            Respond.Verbatim(
                "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"u8.ToArray()));

        Assert.Contains(
            "answered with a redirect (status 302), which is never followed", (await PullAsync(scene)).Fails(),
            StringComparison.Ordinal);
        Assert.Single(scene.Server.Requests.All);
    }

    [Fact]
    public async Task A_proxy_carries_the_connection()
    {
        await using var scene = await StartAsync(["a"], One("a"));
        await using var proxy = ConnectProxy.Start();
        var kubeconfig = (await File.ReadAllTextAsync(scene.Kubeconfig)).Replace(
            "    server:", $"    proxy-url: {proxy.Url}\n    server:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(scene.Kubeconfig, kubeconfig);

        (await PullAsync(scene)).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Single(proxy.Tunnels);
    }

    /// <summary>The pod of the token runs on this node and names the Secrets given; the workload may read nothing.</summary>
    private static async Task<PullScene> StartAsync(string[] names, params Secret[] secrets)
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets(secrets);
        scene.Server.Cluster.ForbidAll().SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", names));
        return scene;
    }

    private static Task<PluginRun> PullAsync(PullScene scene) => scene.PullAsync("--secrets", "pod");

    private static AuthFile Served(PullScene scene) => AuthFile.Read(scene.AuthFilePath);

    private static Secret One(string name) =>
        Secret.DockerConfigJson(name, ("localhost:5000", RegistryEntry.Basic(name, "password-" + name)));
}
