using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>Two hundred runs at once on one node, and no pull that takes a file.</summary>
public sealed class CrowdTests
{
    private const int Runs = 200;

    /// <summary>A machine under load may take its time with all of them.</summary>
    private static readonly string[] Bounds = ["--timeout", "40s", "--slot-wait", "14s"];

    [Fact]
    public async Task For_one_image_each_is_answered_and_one_whole_file_remains()
    {
        await using var scene = await PullScene.StartAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => scene.PullAsync(Bounds)));

        Assert.All(runs, run => run.Answers().ClaimsPrivate(PullScene.Image));
        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task For_as_many_images_each_has_a_file_of_its_own()
    {
        await using var scene = await PullScene.StartAsync();
        var images = Enumerable.Range(0, Runs).Select(i => string.Create(CultureInfo.InvariantCulture, $"{PullScene.Image}{i}")).ToArray();

        var runs = await Task.WhenAll(images.Select(image => scene.PullAsync(new KubeletRequest(image, scene.Token), scene.Arguments(Bounds))));

        Assert.All(images.Zip(runs), pair => pair.Second.Answers().ClaimsPrivate(pair.First));
        Assert.Equal(images.Select(i => Path.GetFileName(scene.AuthFilePathOf(i))).Order(), scene.Node.AuthDirNames().Order());
        Assert.All(images, image => EndToEnd.AuthFile.Read(scene.AuthFilePathOf(image))
            .Serves(image.Replace("registry.invalid", "localhost:5000/mirror", StringComparison.Ordinal), "mirror", "mirror-password"));
    }
}
