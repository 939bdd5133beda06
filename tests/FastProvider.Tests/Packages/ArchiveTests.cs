using FastProvider.Commands.Man;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

public sealed class ArchiveTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_has_the_program_and_what_belongs_to_it(string package, Architecture architecture)
    {
        var top = $"{package}-{BuildVersion.Value}-{architecture.RuntimeIdentifier}/";

        var listing = await Artefacts.AskAsync("tar", "--numeric-owner", "-tvzf", Artefacts.Archive(architecture, package));

        Assert.Equal(
            [
                "drwxr-xr-x 0/0 ",
                "-rw-r--r-- 0/0 CHANGELOG.md",
                "-rw-r--r-- 0/0 LICENSE",
                "-rw-r--r-- 0/0 README.md",
                "drwxr-xr-x 0/0 completions/",
                "-rw-r--r-- 0/0 completions/_fast-provider",
                "-rw-r--r-- 0/0 completions/fast-provider.bash",
                "-rw-r--r-- 0/0 completions/fast-provider.fish",
                "-rw-r--r-- 0/0 copyright",
                "-rw-r--r-- 0/0 dotnet-notices.txt",
                "-rwxr-xr-x 0/0 fast-provider",
                "-rw-r--r-- 0/0 fast-provider.8",
                "drwxr-xr-x 0/0 systemd/",
                "-rw-r--r-- 0/0 systemd/fast-provider-agent.service",
                "-rw-r--r-- 0/0 systemd/fast-provider-agent.socket",
                "drwxr-xr-x 0/0 tmpfiles.d/",
                "-rw-r--r-- 0/0 tmpfiles.d/fast-provider.conf",
            ],
            Artefacts.Entries(listing).Select(entry => entry.Replace(top, "", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task Its_documents_are_what_the_program_prints(string package, Architecture architecture)
    {
        string Text(string file) => File.ReadAllText(archives.PathOf(architecture, file, package));
        string Of(string file) => File.ReadAllText(Path.Join(Repository.Root, file));

        Assert.Equal(ManCommand.Text(), Text("fast-provider.8"));
        Assert.Equal(await Artefacts.AskAsync(Plugin.Binary, "completion", "bash"), Text("completions/fast-provider.bash"));
        Assert.Equal(await Artefacts.AskAsync(Plugin.Binary, "completion", "zsh"), Text("completions/_fast-provider"));
        Assert.Equal(await Artefacts.AskAsync(Plugin.Binary, "completion", "fish"), Text("completions/fast-provider.fish"));
        Assert.Equal(Of("deploy/tmpfiles.d/fast-provider.conf"), Text("tmpfiles.d/fast-provider.conf"));
        foreach (var unit in (string[])["fast-provider-agent.socket", "fast-provider-agent.service"])
        {
            Assert.Equal(Of($"deploy/systemd/{unit}"), Text($"systemd/{unit}"));
        }
        Assert.Equal(Of("LICENSE"), Text("LICENSE"));
        Assert.Contains("License notice for ", Text("dotnet-notices.txt"), StringComparison.Ordinal);
        var isStatic = package == Artefacts.Static;
        Assert.Equal(isStatic, Text("copyright").Contains("The OpenSSL Project Authors", StringComparison.Ordinal));
        Assert.DoesNotContain('@', Text("copyright"));
    }

    [Fact]
    public async Task Its_program_is_the_one_that_is_tested()
    {
        var packed = await File.ReadAllBytesAsync(archives.PathOf(Architecture.X64, "fast-provider"));
        var tested = await File.ReadAllBytesAsync(Plugin.Binary);

        Assert.True(
            packed.AsSpan().SequenceEqual(tested), "The packages hold another build than the tests run. Run: ./package.sh");
    }
}
