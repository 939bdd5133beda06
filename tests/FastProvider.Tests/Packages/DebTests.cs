using FastProvider.Commands.Man;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

public sealed class DebTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-deb-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_puts_everything_where_Debian_looks_for_it(Architecture architecture) => Assert.Equal(
        [
            "-rw-r--r-- root/root ./usr/lib/tmpfiles.d/fast-provider.conf",
            "-rwxr-xr-x root/root ./usr/libexec/kubelet-image-credential-provider-plugins/fast-provider",
            "-rw-r--r-- root/root ./usr/share/bash-completion/completions/fast-provider",
            "-rw-r--r-- root/root ./usr/share/doc/fast-provider/changelog.Debian.gz",
            "-rw-r--r-- root/root ./usr/share/doc/fast-provider/changelog.gz",
            "-rw-r--r-- root/root ./usr/share/doc/fast-provider/copyright",
            "-rw-r--r-- root/root ./usr/share/doc/fast-provider/dotnet-notices.txt.gz",
            "-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/fast-provider.fish",
            "-rw-r--r-- root/root ./usr/share/lintian/overrides/fast-provider",
            "-rw-r--r-- root/root ./usr/share/man/man8/fast-provider.8.gz",
            "-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_fast-provider",
            "lrwxrwxrwx root/root ./usr/bin/fast-provider -> ../libexec/kubelet-image-credential-provider-plugins/fast-provider",
        ],
        Artefacts.Entries(await Artefacts.AskAsync("dpkg-deb", "--contents", Artefacts.Deb(architecture)))
            .Where(entry => !entry.StartsWith("drwxr-xr-x root/root ./", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_depends_on_the_C_library_that_its_program_asks_for_and_on_OpenSSL(Architecture architecture)
    {
        var deb = Artefacts.Deb(architecture);
        await Artefacts.AskAsync("dpkg-deb", "--extract", deb, _root);

        var glibc = Artefacts.OldestGlibc(await File.ReadAllBytesAsync(_root + Artefacts.Program));

        Assert.Equal(
            $"""
            Package: fast-provider
            Version: {BuildVersion.Value}-1
            Architecture: {architecture.Debian}
            Depends: libc6 (>= {glibc}), libssl3 | libssl3t64

            """,
            await Artefacts.AskAsync("dpkg-deb", "--field", deb, "Package", "Version", "Architecture", "Depends"));
    }

    [Fact]
    public async Task Its_man_page_is_what_the_program_prints_and_its_program_the_one_that_is_tested()
    {
        await Artefacts.AskAsync("dpkg-deb", "--extract", Artefacts.Deb(Architecture.X64), _root);

        Task<string> Unzipped(string file) => Artefacts.AskAsync("gzip", "-dc", $"{_root}/usr/share/{file}");
        Assert.Equal(ManCommand.Text(), await Unzipped("man/man8/fast-provider.8.gz"));
        var changes = await Unzipped("doc/fast-provider/changelog.Debian.gz");
        Assert.StartsWith($"fast-provider ({BuildVersion.Value}-1) ", changes, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(Plugin.Binary), await File.ReadAllBytesAsync(_root + "/usr/bin/fast-provider"));
    }

    /// <summary>In a root of its own: dpkg's own way, with the script that the package brings.</summary>
    [Fact]
    public async Task Installed_it_makes_the_directories_and_removed_it_leaves_them()
    {
        Directory.CreateDirectory(_root + "/etc");
        await File.WriteAllTextAsync(_root + "/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        await File.WriteAllTextAsync(_root + "/etc/group", "root:x:0:\n");
        Directory.CreateDirectory(_root + "/var/lib/dpkg/info");
        Directory.CreateDirectory(_root + "/var/lib/dpkg/updates");
        await File.WriteAllTextAsync(_root + "/var/lib/dpkg/status", "");
        Task<string> Dpkg(params string[] action) => Artefacts.AskAsync(
            "dpkg", ["--root=" + _root, "--force-script-chrootless", "--force-depends", "--log=/dev/null", .. action]);

        await Dpkg("--install", Artefacts.Deb(Architecture.X64));

        var said = await Artefacts.AskAsync(_root + "/usr/bin/fast-provider", "--version");
        Assert.Equal($"fast-provider {BuildVersion.Value}\n", said);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_root + "/run/fast-provider"));
        await File.WriteAllTextAsync(_root + "/etc/crio/auth/under-way.json", "{}");

        await Dpkg("--install", Artefacts.Deb(Architecture.X64));
        await Dpkg("--purge", "fast-provider");

        Assert.False(File.Exists(_root + Artefacts.Program) || Path.Exists(_root + "/usr/bin/fast-provider"));
        Assert.True(File.Exists(_root + "/etc/crio/auth/under-way.json"), "An auth file that CRI-O may take just now is gone.");
    }
}
