using System.Text.Json;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>The container image of the DaemonSet: read by the library that CRI-O pulls with, and run in its own root.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fast-provider-image-").FullName;

    /// <summary>skopeo's name for it.</summary>
    private static string Source => $"oci-archive:{Artefacts.Image}:{BuildVersion.Value}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_is_there_for_both_architectures()
    {
        using var index = JsonDocument.Parse(await Artefacts.BytesOfAsync("skopeo", "inspect", "--raw", Source));

        Assert.Equal("application/vnd.oci.image.index.v1+json", index.RootElement.GetProperty("mediaType").GetString());
        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            index.RootElement.GetProperty("manifests").EnumerateArray().Select(manifest => manifest.GetProperty("platform"))
                .Select(platform => $"{platform.GetProperty("os")}/{platform.GetProperty("architecture")}"));
    }

    [Theory]
    [InlineData("amd64", "lib/x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2", "libc6")]
    [InlineData("arm64", "lib/aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1", "libc6-arm64-cross")]
    public async Task It_has_the_program_and_what_that_is_linked_with(
        string architecture, string libraries, string loader, string package)
    {
        var (root, _) = await UnpackAsync(architecture);

        string[] expected =
        [
            loader, $"{libraries}/libc.so.6", $"{libraries}/libm.so.6", "usr/bin/fast-provider",
            "usr/share/doc/fast-provider/LICENSE", "usr/share/doc/fast-provider/copyright",
            "usr/share/doc/fast-provider/dotnet-notices.txt", $"usr/share/doc/{package}/copyright",
            $"usr/share/doc/{package}/source", "usr/share/common-licenses/GPL-2", "usr/share/common-licenses/LGPL-2.1",
        ];
        var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file));
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Its_entry_point_installs_on_a_node()
    {
        var (root, entryPoint) = await UnpackAsync("amd64");
        using var node = await ChrootNode.CreateAsync();
        await File.WriteAllTextAsync(node.PathOf("/dev/null"), "");
        // As the volume of the DaemonSet, and what a container runtime mounts, in a mount namespace that ends with the run.
        const string script = """
            mkdir "$1/host" "$1/proc" && mount --bind "$2" "$1/host" && mount --bind /proc "$1/proc" &&
            exec chroot "$1" "$3" install --root /host --to /opt/bin --unless-rolled-back
            """;

        var said = await Artefacts.AskAsync("unshare", "--mount", "sh", "-c", script, "sh", root, node.Root, entryPoint);

        Assert.Contains("/opt/bin/fast-provider", said, StringComparison.Ordinal);
        var installed = await File.ReadAllBytesAsync(node.Root + "/opt/bin/fast-provider");
        Assert.Equal(await File.ReadAllBytesAsync(Plugin.Binary), installed);
    }

    [Fact]
    public async Task Its_program_for_AArch64_starts_with_the_libraries_of_the_image()
    {
        var (root, entryPoint) = await UnpackAsync("arm64");

        var said = await Artefacts.AskAsync("qemu-aarch64", "-L", root, root + entryPoint, "--version");

        Assert.Equal($"fast-provider {BuildVersion.Value}\n", said);
    }

    /// <summary>Copies one architecture out of the archive and unpacks its layers, as a runtime does.</summary>
    private async Task<(string Root, string EntryPoint)> UnpackAsync(string architecture)
    {
        var copy = Path.Join(_folder, "copy");
        var run = await Skopeo.RunAsync(_folder, null, "--override-arch", architecture, "copy", Source, $"dir:{copy}");
        Assert.True(run.ExitCode == 0, run.Stderr);
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(copy + "/manifest.json"));
        string Blob(JsonElement descriptor) => Path.Join(copy, descriptor.GetProperty("digest").GetString()!["sha256:".Length..]);
        using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(Blob(manifest.RootElement.GetProperty("config"))));
        Assert.Equal(architecture, config.RootElement.GetProperty("architecture").GetString());

        var root = Directory.CreateDirectory(Path.Join(_folder, "root")).FullName;
        foreach (var layer in manifest.RootElement.GetProperty("layers").EnumerateArray())
        {
            await Artefacts.AskAsync("tar", "-xzf", Blob(layer), "-C", root);
        }

        var entryPoint = config.RootElement.GetProperty("config").GetProperty("Entrypoint").EnumerateArray();
        return (root, Assert.Single(entryPoint).GetString()!);
    }
}
