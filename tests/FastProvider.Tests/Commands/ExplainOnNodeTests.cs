using System.Text;
using System.Text.Json;
using FastProvider.Tests.Commands.Doctor;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands;

/// <summary><c>explain</c> on a node takes the settings that the kubelet runs the provider with.</summary>
public sealed class ExplainOnNodeTests
{
    [Fact]
    public async Task The_entry_of_the_kubelet_gives_the_settings_and_flags_count_for_more()
    {
        using var node = await NodeAsync("args: [\"--auth-dir=/run/theirs\"]");

        var said = await ExplainAsync(node);
        var told = await ExplainAsync(node, "--auth-dir", "/run/ours");

        Assert.Equal($"{DoctorNode.KubeadmConfig} line 4", said.GetProperty("settings").GetProperty("from").GetString());
        Assert.Equal("--auth-dir=/run/theirs", said.GetProperty("settings").GetProperty("args").GetString());
        Assert.StartsWith(
            "/run/theirs/team-a-", said.GetProperty("authFile").GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "/run/ours/team-a-", told.GetProperty("authFile").GetProperty("path").GetString(), StringComparison.Ordinal);
        var text = Encoding.UTF8.GetString((await node.RunAsync(Arguments())).Stdout);
        Assert.Contains(
            $"args --auth-dir=/run/theirs, of fast-provider in {DoctorNode.KubeadmConfig} line 4", text,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// No run takes such an address; explain with manifests asks nobody, and shows what the entry has all the same.
    /// </summary>
    [Theory]
    [InlineData("\"--api-server=https://u:hush@h:6443\"", "--api-server=https://***@h:6443")]
    [InlineData("\"--api-server\", \"https://u:hush@h:6443\"", "--api-server https://***@h:6443")]
    [InlineData("\"--api-server=https://u:hu@sh@h:6443\"", "--api-server=https://***@h:6443")]
    [InlineData("\"--api-server=https://u:hu/sh@h:6443\"", "--api-server=https://***@h:6443")]
    [InlineData("\"--api-server=https://u:hu=sh@h:6443\"", "--api-server=https://***@h:6443")]
    [InlineData("\"--api-server=u:hush@h:6443\"", "--api-server=***@h:6443")]
    [InlineData("\"--api-server\", \"u:hush@h:6443\"", "--api-server ***@h:6443")]
    [InlineData("\"--api-server=https://h:6443/?token=hush\"", "--api-server=https://h:6443/***")]
    [InlineData("\"--api-server=https://h:6443\"", "--api-server=https://h:6443")]
    [InlineData("\"--auth-dir=/run/a@b\"", "--auth-dir=/run/a@b")]
    public async Task A_password_in_the_args_is_not_shown(string arguments, string shown)
    {
        using var node = await NodeAsync($"args: [{arguments}]");

        var said = await ExplainAsync(node);
        var text = Encoding.UTF8.GetString((await node.RunAsync(Arguments())).Stdout);

        Assert.Equal(shown, said.GetProperty("settings").GetProperty("args").GetString());
        Assert.Contains($"args {shown}, of fast-provider", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sh@", said + text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", said + text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("busybox", null)]
    [InlineData("quay.example.com/app", "does not cover this image, so the kubelet never runs the provider for it")]
    public async Task An_image_that_matchImages_does_not_cover_is_said_to_be_never_asked_for(string image, string? why)
    {
        using var node = await NodeAsync("args: []");
        string[] arguments = ["explain", image, "--namespace", "team-a", "--secrets-from", "/manifests"];

        var text = Encoding.UTF8.GetString((await node.RunAsync(arguments)).Stdout);
        var said = JsonDocument.Parse(
            (await node.RunAsync([.. arguments, "--output", "json"])).Stdout).RootElement.GetProperty("neverRun").GetString();

        Assert.Equal(why is not null, text.Contains("\nNever run", StringComparison.Ordinal));
        Assert.Equal(why is null, said is null);
        if (why is not null)
        {
            Assert.Contains(why, text, StringComparison.Ordinal);
            Assert.Contains(
                $"matchImages of fast-provider in {DoctorNode.KubeadmConfig} line 4 {why}", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Args_that_no_run_takes_are_said_with_their_place()
    {
        using var node = await NodeAsync("args: [\"--secrets=all\"]");

        var run = await node.RunAsync(Arguments());

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"{DoctorNode.KubeadmConfig} line 4: --secrets: ", run.Stderr, StringComparison.Ordinal);
    }

    private static string[] Arguments(params string[] more) =>
        ["explain", "busybox", "--namespace", "team-a", "--secrets-from", "/manifests", .. more];

    private static async Task<JsonElement> ExplainAsync(ChrootNode node, params string[] more)
    {
        var run = await node.RunAsync(Arguments(["--output", "json", .. more]));
        Assert.True(run.ExitCode == 0, run.Stderr);
        return JsonDocument.Parse(run.Stdout).RootElement;
    }

    private static async Task<ChrootNode> NodeAsync(string arguments)
    {
        using var files = DoctorNode.Kubeadm()
            .Change(DoctorNode.KubeadmConfig, "defaultCacheDuration: \"0s\"", $"defaultCacheDuration: \"0s\"\n    {arguments}");
        var node = await ChrootNode.CreateAsync();
        node.Copy(files.Root);
        await File.WriteAllTextAsync(node.PathOf("/manifests/secret.yaml"), """
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata: {name: login, namespace: team-a}
            stringData:
              .dockerconfigjson: '{"auths":{"cache.example.com:5000":{"username":"u","password":"p"}}}'
            """);
        return node;
    }
}
