using System.Diagnostics;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>A registries.conf, or a drop-in, that is no file one can read.</summary>
public sealed class RegistriesFaultTests
{
    [Theory]
    [InlineData("100 MB", "it is too large")]
    [InlineData("100 MB with holes", "it is too large")]
    [InlineData("unreadable", "permission denied (EACCES)")]
    [InlineData("FIFO", "it is not a regular file")]
    [InlineData("directory", "it is not a regular file")]
    [InlineData("device", "it is too large")]
    public async Task It_is_one_line_that_names_the_file_and_no_credential_is_sought(string kind, string why)
    {
        await using var scene = await PullScene.StartAsync();
        await File.WriteAllTextAsync(scene.AuthFilePath, "{\"auths\":{}}"); // decided for another configuration
        await PutAsync(kind, scene.Node.RegistriesConf);

        // Without its capabilities root is a user like any other.
        var run = await scene.ScriptAsync("exec setpriv --bounding-set -all \"$@\"", "--slot-wait", "0");

        var line = run.Fails();
        Assert.StartsWith($"cannot read {scene.Node.RegistriesConf}: {why}", line, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task An_unreadable_drop_in_is_as_bad_as_the_file()
    {
        await using var scene = await PullScene.StartAsync();
        var dropIn = Path.Combine(scene.Node.RegistriesConfDir, "50-mirrors.conf");
        await PutAsync("unreadable", dropIn);

        var line = (await scene.ScriptAsync("exec setpriv --bounding-set -all \"$@\"")).Fails();

        Assert.StartsWith($"cannot read {dropIn}: permission denied (EACCES)", line, StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_FIFO_among_the_drop_ins_is_passed_over_and_never_waited_for()
    {
        await using var scene = await PullScene.StartAsync();
        await PutAsync("FIFO", Path.Combine(scene.Node.RegistriesConfDir, "50-mirrors.conf"));

        await scene.WritesAsync();
    }

    private static async Task PutAsync(string kind, string path)
    {
        const int bytes = 100_000_000;
        File.Delete(path);
        switch (kind)
        {
            case "100 MB":
                await using (var file = File.Create(path))
                {
                    var comment = "# nothing to see, move along, there is a lot more of this to come\n"u8.ToArray();
                    var megabyte = Enumerable.Repeat(comment, 1_000_000 / comment.Length).SelectMany(c => c).ToArray();
                    for (var i = 0; i < bytes / megabyte.Length; i++)
                    {
                        await file.WriteAsync(megabyte);
                    }
                }

                break;
            case "100 MB with holes":
                await using (var file = File.Create(path))
                {
                    file.SetLength(bytes);
                }

                break;
            case "unreadable":
                await File.WriteAllTextAsync(path, "");
                File.SetUnixFileMode(path, UnixFileMode.None);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                using (var made = Process.Start("/usr/bin/mkfifo", [path]))
                {
                    await made.WaitForExitAsync();
                }

                break;
        }
    }
}
