using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>The largest auth files that a run can be made to write, or to begin: it stays below 64 MB.</summary>
public sealed class FullFileTests
{
    [Theory]
    [InlineData(9_641, 1_000)]
    [InlineData(48, 700_000)]
    [InlineData(1_000, 30_000)]
    [InlineData(14_000, 100)]
    public async Task A_file_for_every_mirror_fits_into_the_memory_or_is_refused(int mirrors, int passwordBytes)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Secret.DockerConfigJson(
            "mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", new string('p', passwordBytes)))));
        await File.WriteAllTextAsync(
            scene.Node.RegistriesConf,
            "[[registry]]\nlocation = \"registry.invalid\"\n" + string.Concat(
                Enumerable.Range(0, mirrors).Select(n => $"[[registry.mirror]]\nlocation = \"localhost:5000/h{n}\"\n")));

        var run = await scene.MeasuredAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments("--agent", "none"));

        if (run.ExitCode == 0)
        {
            EndToEnd.AuthFile.Read(scene.AuthFilePath);
        }
        else
        {
            run.Fails();
            Assert.False(File.Exists(scene.AuthFilePath));
        }
    }
}
