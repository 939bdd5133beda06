using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What comes over stdin, good and bad; nothing of it reaches a path or the API server unchecked.</summary>
public sealed class RequestTests
{
    public static TheoryData<string> BadRequests =>
    [
        "",
        "\n",
        "not json",
        "{",
        "[]",
        "null",
        """{"kind":"CredentialProviderRequest"}""",
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1"}""",
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":""}""",
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":5}""",
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1beta1","image":"registry.invalid/app"}""",
        """{"kind":"CredentialProviderRequest","apiVersion":"v1","image":"registry.invalid/app"}""",
        """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"registry.invalid/app"}""",
        """{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"registry.invalid/app"}""",
    ];

    public static TheoryData<string> BadTokens => ["garbage", "a.b", "a.b.c", "..", "e30.e30.e30", "e30.!!!.e30",
        "aHVzaC1odXNo.what-nobody-may-read!.bm9ib2R5"];

    public static TheoryData<string> BadNamespaces =>
        ["../../etc", "a/b", "UPPER", "", ".", "a_b", "-a", "a.b", new string('a', 64), "a\\u0000b"];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_request_is_an_error_of_one_line(string stdin)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await Plugin.RunAsync(scene.Arguments(), Encoding.UTF8.GetBytes(stdin));

        run.Fails();
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    /// <summary>No mirror can be for it, whatever stands in registries.conf: an answer, and no failure.</summary>
    [Fact]
    public async Task An_image_on_an_ipv6_literal_is_answered_emptily()
    {
        const string image = "[fd12::1]:5000/org/app";
        await using var scene = await PullScene.StartAsync();
        File.WriteAllText(
            scene.Node.RegistriesConf,
            "[[registry]]\nlocation = \"[fd12::1]:5000\"\n[[registry.mirror]]\nlocation = \"mirror.example.com\"\n");

        var run = await scene.PullImageAsync(image);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("\"auth\"", Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_is_none_is_an_error(string token)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = token;

        Assert.Contains("token", await scene.FailsAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Theory]
    [MemberData(nameof(BadNamespaces))]
    public async Task A_namespace_that_is_no_DNS_label_comes_near_no_path(string @namespace)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = TokenIssuer.Sign($$$"""
            {"aud":["https://kubernetes.default.svc.cluster.local"],"exp":4102444800,"iat":1795400290,"iss":"https://kubernetes.default.svc.cluster.local","kubernetes.io":{"namespace":"{{{@namespace}}}","serviceaccount":{"name":"puller","uid":"903c5c4b-42fb-48dc-adaf-7904bc739cef"}},"nbf":1795400290,"sub":"system:serviceaccount:x:puller"}
            """);

        await scene.FailsAsync();

        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task Annotations_and_unknown_fields_do_not_disturb()
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string>
            {
                ["example.com/role"] = "reader \"quoted\" {}", ["image"] = "quay.io/other"
            },
        };
        var withMore = Encoding.UTF8.GetString(request.ToBytes()).Replace(
            "\"image\":\"registry", "\"later\":{\"image\":[1]},\"image\":\"registry", StringComparison.Ordinal);

        (await scene.PullAsync(request, scene.Arguments())).Answers().ClaimsPrivate(PullScene.Image);
        (await Plugin.RunAsync(scene.Arguments(), Encoding.UTF8.GetBytes(withMore))).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task The_order_and_spacing_of_fields_do_not_matter()
    {
        await using var scene = await PullScene.StartAsync();
        var pretty = $$"""
            {
              "serviceAccountToken" : "{{scene.Token}}",
              "image" : "registry.invalid\/app",
              "apiVersion" : "credentialprovider.kubelet.k8s.io\/v1",
              "kind" : "CredentialProviderRequest"
            }
            """;

        (await Plugin.RunAsync(scene.Arguments(), Encoding.UTF8.GetBytes(pretty))).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task A_configuration_that_the_reference_library_refuses_is_an_error_also_far_from_the_image()
    {
        await using var scene = await PullScene.StartAsync();
        await File.AppendAllTextAsync(scene.Node.RegistriesConf, "[[registry]]\nlocation = \"https://unrelated.invalid\"\n");

        Assert.Contains("registries.conf", await scene.FailsAsync(), StringComparison.Ordinal);
        (await scene.PullImageAsync("quay.io/other/app")).Fails();
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }
}
