using System.Globalization;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>
/// Two hundred runs at once on one node, and no pull that takes a file. A shell starts them all and then waits. Not beside other
/// tests: those that follow the clock would be tests of the crowd.
/// </summary>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class CrowdTests
{
    private const string Alone = "alone";

    private const string StartAll = """
        cat > /dev/null
        for request in "$NODE"/requests/*; do
            run=$NODE/runs/${request##*/}
            { "$@" < "$request" > "$run.answer" 2> "$run.line"; echo $? > "$run.code"; } &
        done
        wait
        cat "$NODE"/runs/*.line >&2
        """;

    /// <summary>A machine under load may take its time with all of them.</summary>
    private static readonly string[] Bounds = ["--timeout", "40s", "--slot-wait", "14s"];

    private static readonly string[] Numbers =
        [.. Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    [Fact]
    public async Task For_one_image_each_is_answered_and_one_whole_file_remains()
    {
        await using var scene = await PullScene.StartAsync();

        await RunAllAsync(scene, _ => PullScene.Image);

        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task For_as_many_images_each_has_a_file_of_its_own()
    {
        await using var scene = await PullScene.StartAsync();

        await RunAllAsync(scene, number => PullScene.Image + number);

        Assert.Equal(
            Numbers.Select(n => Path.GetFileName(scene.AuthFilePathOf(PullScene.Image + n))).Order(),
            scene.Node.AuthDirNames().Order());
        Assert.All(Numbers, number => EndToEnd.AuthFile.Read(scene.AuthFilePathOf(PullScene.Image + number))
            .Serves(PullScene.MirrorRepository + number, "mirror", "mirror-password"));
    }

    private static async Task RunAllAsync(PullScene scene, Func<string, string> image)
    {
        var requests = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "requests"));
        Directory.CreateDirectory(Path.Combine(scene.Node.Root, "runs"));
        Array.ForEach(
            Numbers,
            n => File.WriteAllBytes(Path.Combine(requests.FullName, n), new KubeletRequest(image(n), scene.Token).ToBytes()));

        await scene.ScriptAsync(StartAll, Bounds);

        Assert.All(Numbers, number =>
        {
            Assert.True(scene.Left($"runs/{number}.code") == "0", scene.Left($"runs/{number}.line"));
            StrictResponse.Decode(Encoding.UTF8.GetBytes(scene.Left($"runs/{number}.answer"))).ClaimsPrivate(image(number));
        });
    }
}
