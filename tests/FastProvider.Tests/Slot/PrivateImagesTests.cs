using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>For which images the answer has the entry that binds the kubelet's record to the ServiceAccount.</summary>
public sealed class PrivateImagesTests
{
    [Theory]
    [InlineData("always", "secret", true)]
    [InlineData("always", "global", true)]
    [InlineData("always", "nothing", true)]
    [InlineData("secret", "secret", true)]
    [InlineData("secret", "global", false)]
    [InlineData("secret", "nothing", false)]
    [InlineData("never", "secret", false)]
    [InlineData("never", "global", false)]
    public async Task The_flag_chooses(string when, string credential, bool isPrivate)
    {
        await using var scene = await PullScene.StartAsync();
        if (credential != "secret")
        {
            scene.Secrets();
        }

        if (credential == "global")
        {
            scene.GlobalAuth(("https://localhost:5000/v2/", RegistryEntry.Basic("global", "password-global")));
        }

        Check((await scene.PullAsync("--private-images", when)).Answers(), isPrivate);
    }

    [Theory]
    [InlineData("team-a", false)]
    [InlineData("kube-flannel,team-a", false)]
    [InlineData("team-b", true)]
    [InlineData("team", true)]
    public async Task Namespaces_are_excepted_by_their_whole_names(string except, bool isPrivate)
    {
        await using var scene = await PullScene.StartAsync();

        Check((await scene.PullAsync("--private-images-except", except)).Answers(), isPrivate);
        Assert.True(File.Exists(scene.AuthFilePath)); // it is about the answer, not about the credentials
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("--private-images-except=", true)]
    [InlineData("--private-images=always", false)]
    public async Task What_the_cluster_runs_on_is_excepted_by_default(string flag, bool isPrivate)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.Allow("kube-system", "network").SetSecrets("kube-system",
            new[] { Secret.DockerConfigJson("s", ("localhost:5000", RegistryEntry.Basic("system", "password-of-system"))) });
        scene.Token = scene.Server.Cluster.Tokens.Issue("kube-system", "network");

        Check((await scene.PullAsync(flag.Length > 0 ? [flag] : [])).Answers(), isPrivate);
    }

    [Theory]
    [InlineData("--private-images", "sometimes")]
    [InlineData("--private-images-except", "Team_A")]
    [InlineData("--private-images-except", "team-a,")]
    [InlineData("--private-images-except", "")]
    [InlineData("--slot-wait", "soon")]
    [InlineData("--slot-wait", "35s")] // with the 20 s of --timeout the kubelet might kill
    public async Task A_wrong_value_is_exit_2(string flag, string value)
    {
        await using var scene = await PullScene.StartAsync();

        Assert.Contains(flag, (await scene.PullAsync(flag, value)).Fails(exitCode: 2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50s", null)] // the wait's default gives way
    [InlineData("24900ms", "30s")]
    [InlineData("20s", "0")]
    public async Task Budgets_that_leave_the_kubelet_time_are_taken(string timeout, string? slotWait)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = timeout;

        (await scene.PullAsync(slotWait is null ? [] : ["--slot-wait", slotWait])).Answers().ClaimsPrivate(PullScene.Image);
    }

    private static void Check(StrictResponse answer, bool isPrivate)
    {
        if (isPrivate)
        {
            answer.ClaimsPrivate(PullScene.Image);
        }
        else
        {
            answer.IsEmpty();
        }
    }
}
