using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands;

/// <summary>
/// All that <c>explain --output json</c> says of one image, value by value: <c>Baselines/explanation.json</c>, with NODE for the
/// node's directory and 0 for each time. <c>FASTPROVIDER_WRITE_BASELINES=1</c> writes what is said now.
/// </summary>
public sealed partial class WholeExplanationTests
{
    private static readonly string Baseline = Path.Join(
        Repository.Root, "tests", "FastProvider.Tests", "Commands", "Baselines", "explanation.json");

    [Fact]
    public async Task Every_value_is_that_of_the_baseline()
    {
        using var node = new NodeSandbox();
        node.Configure("""
            [[registry]]
            prefix = "registry.invalid/team"
            location = "origin.invalid/x"
            [[registry.mirror]]
            location = "localhost:5000/mirror"
            [[registry.mirror]]
            location = "localhost:6000"
            insecure = true
            pull-from-mirror = "tag-only"
            """);
        var manifests = Directory.CreateDirectory(Path.Combine(node.Root, "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(manifests, "secrets.yaml"), """
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata: {name: login, namespace: team-a, creationTimestamp: "2026-01-01T00:00:00Z"}
            stringData:
              .dockerconfigjson: '{"auths": {"localhost:5000": {"auth": "dTpw"}, "localhost:5000/mirror": {"auth": "dTpw"},
                "localhost:7000": {"auth": "dTpw"}, "localhost:5000/other": {"auth": "dTpw"}, "localhost:5000/mirror/app": {}}}'
            ---
            apiVersion: v1
            kind: Secret
            type: Opaque
            metadata: {name: untyped, namespace: team-a}
            """);
        await File.WriteAllTextAsync(node.GlobalAuthFile, """{"auths": {"origin.invalid": {"auth": "bjpw"}}}""");

        var run = await Plugin.RunAsync(
            [
                "explain", $"registry.invalid/team/app@sha256:{new string('a', 64)}", "--namespace", "team-a", "--secrets-from",
                manifests, "--registries-conf", node.RegistriesConf, "--auth-dir", node.AuthDir, "--global-auth-file",
                node.GlobalAuthFile, "--output", "json",
            ],
            []);

        var said = Times().Replace(
            Encoding.UTF8.GetString(run.Stdout).Replace(node.Root, "NODE", StringComparison.Ordinal), "$1 0");
        if (Environment.GetEnvironmentVariable("FASTPROVIDER_WRITE_BASELINES") is "1")
        {
            await File.WriteAllTextAsync(Baseline, said);
        }

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Equal((await File.ReadAllTextAsync(Baseline)).Split('\n'), said.Split('\n'));
    }

    [GeneratedRegex("""("(?:mirrors|node|secrets|authFile)":) [0-9]+(?=[,\n])""")]
    private static partial Regex Times();
}
