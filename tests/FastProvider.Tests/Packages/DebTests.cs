using FastProvider.Commands.Man;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

public sealed class DebTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-deb-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_puts_everything_where_Debian_looks_for_it(string package, Architecture architecture) => Assert.Equal(
        [
            "-rw-r--r-- root/root ./usr/lib/systemd/system/fast-provider-agent.service",
            "-rw-r--r-- root/root ./usr/lib/systemd/system/fast-provider-agent.socket",
            "-rw-r--r-- root/root ./usr/lib/tmpfiles.d/fast-provider.conf",
            "-rwxr-xr-x root/root ./usr/libexec/kubelet-image-credential-provider-plugins/fast-provider",
            "-rw-r--r-- root/root ./usr/share/bash-completion/completions/fast-provider",
            $"-rw-r--r-- root/root ./usr/share/doc/{package}/changelog.Debian.gz",
            $"-rw-r--r-- root/root ./usr/share/doc/{package}/changelog.gz",
            $"-rw-r--r-- root/root ./usr/share/doc/{package}/copyright",
            $"-rw-r--r-- root/root ./usr/share/doc/{package}/dotnet-notices.txt.gz",
            "-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/fast-provider.fish",
            $"-rw-r--r-- root/root ./usr/share/lintian/overrides/{package}",
            "-rw-r--r-- root/root ./usr/share/man/man8/fast-provider.8.gz",
            "-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_fast-provider",
            "lrwxrwxrwx root/root ./usr/bin/fast-provider -> ../libexec/kubelet-image-credential-provider-plugins/fast-provider",
        ],
        Artefacts.Entries(await Artefacts.AskAsync("dpkg-deb", "--contents", Artefacts.Deb(architecture, package)))
            .Where(entry => !entry.StartsWith("drwxr-xr-x root/root ./", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_depends_on_what_its_program_asks_for_and_takes_the_place_of_the_other(
        string package, Architecture architecture)
    {
        var deb = Artefacts.Deb(architecture, package);
        await Artefacts.AskAsync("dpkg-deb", "--extract", deb, _root);

        var glibc = Artefacts.OldestGlibc(await File.ReadAllBytesAsync(_root + Artefacts.Program));

        var isStatic = package == Artefacts.Static;
        Assert.Equal(
            $"""
            Package: {package}
            Version: {BuildVersion.Value}-1
            Architecture: {architecture.Debian}
            Depends: libc6 (>= {glibc}){(isStatic ? "" : ", libssl3 | libssl3t64")}
            Conflicts: {Artefacts.Other(package)}
            Replaces: {Artefacts.Other(package)}
            {(isStatic ? $"Provides: fast-provider (= {BuildVersion.Value}-1)\n" : "")}
            """,
            await Artefacts.AskAsync("dpkg-deb", [
                "--field", deb, "Package", "Version", "Architecture", "Depends", "Conflicts", "Replaces", "Provides"]));
        var description = await Artefacts.AskAsync("dpkg-deb", "--field", deb, "Description");
        Assert.Equal(isStatic, description.Contains("its own OpenSSL", StringComparison.Ordinal));
        Assert.DoesNotContain('@', description);
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
    [Theory]
    [InlineData(Artefacts.Default)]
    [InlineData(Artefacts.Static)]
    public async Task Installed_it_makes_the_directories_and_removed_it_leaves_them(string package)
    {
        await MakeRootAsync();

        await DpkgAsync("--install", Artefacts.Deb(Architecture.X64, package));

        Assert.StartsWith($"fast-provider {BuildVersion.Value}", await SaidVersionAsync(), StringComparison.Ordinal);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_root + "/run/fast-provider"));
        await File.WriteAllTextAsync(_root + "/etc/crio/auth/under-way.json", "{}");

        await DpkgAsync("--install", Artefacts.Deb(Architecture.X64, package));
        await DpkgAsync("--purge", package);

        Assert.False(File.Exists(_root + Artefacts.Program) || Path.Exists(_root + "/usr/bin/fast-provider"));
        Assert.True(File.Exists(_root + "/etc/crio/auth/under-way.json"), "An auth file that CRI-O may take just now is gone.");
    }

    /// <summary>By one call of dpkg, without a removal before it.</summary>
    [Fact]
    public async Task Either_package_takes_the_place_of_the_other()
    {
        await MakeRootAsync();
        await DpkgAsync("--install", Artefacts.Deb(Architecture.X64));
        Assert.Equal($"fast-provider {BuildVersion.Value}\n", await SaidVersionAsync());
        await File.WriteAllTextAsync(_root + "/etc/crio/auth/under-way.json", "{}");

        await DpkgAsync("--install", Artefacts.Deb(Architecture.X64, Artefacts.Static));

        Assert.StartsWith(
            $"fast-provider {BuildVersion.Value} with OpenSSL 3.", await SaidVersionAsync(), StringComparison.Ordinal);
        Assert.Equal([Artefacts.Static], await InstalledAsync());

        await DpkgAsync("--install", Artefacts.Deb(Architecture.X64));

        Assert.Equal($"fast-provider {BuildVersion.Value}\n", await SaidVersionAsync());
        Assert.Equal([Artefacts.Default], await InstalledAsync());
        Assert.True(File.Exists(_root + "/etc/crio/auth/under-way.json"), "An auth file that CRI-O may take just now is gone.");
    }

    /// <summary>Its own scripts, where systemd runs: what it is asked stands in a file.</summary>
    [Theory]
    [InlineData("postinst", "configure", true, "daemon-reload|try-restart fast-provider-agent.service")]
    [InlineData("postrm", "remove", true, "")]
    [InlineData("postrm", "remove", false, "stop fast-provider-agent.socket fast-provider-agent.service|daemon-reload")]
    [InlineData("postrm", "purge", false, "")]
    public async Task An_agent_that_runs_goes_on_as_the_new_program_or_ends_with_it(
        string script, string action, bool isThere, string asked)
    {
        await Artefacts.AskAsync("dpkg-deb", "--control", Artefacts.Deb(Architecture.X64), _root + "/control");
        await File.WriteAllTextAsync(_root + "/systemctl", $"#!/bin/sh\necho \"$@\" >>{_root}/asked\n");
        File.SetUnixFileMode(_root + "/systemctl", (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(_root + "/asked", "");
        const string scene = """
            set -e
            mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/system
            mount -t tmpfs tmpfs /usr/libexec
            if [ "$4" = True ]; then
                mkdir -p /usr/libexec/kubelet-image-credential-provider-plugins
                echo >/usr/libexec/kubelet-image-credential-provider-plugins/fast-provider
            fi
            PATH=$1:/usr/bin:/bin exec "$1/control/$2" "$3"
            """;

        var run = await Plugin.RunAsync(
            ["--mount", "/bin/sh", "-c", scene, "sh", _root, script, action, $"{isThere}"], [], binary: "/usr/bin/unshare");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(asked, string.Join('|', await File.ReadAllLinesAsync(_root + "/asked")));
    }

    private async Task MakeRootAsync()
    {
        Directory.CreateDirectory(_root + "/etc");
        await File.WriteAllTextAsync(_root + "/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        await File.WriteAllTextAsync(_root + "/etc/group", "root:x:0:\n");
        Directory.CreateDirectory(_root + "/var/lib/dpkg/info");
        Directory.CreateDirectory(_root + "/var/lib/dpkg/updates");
        await File.WriteAllTextAsync(_root + "/var/lib/dpkg/status", "");
    }

    private Task<string> DpkgAsync(params string[] action) => Artefacts.AskAsync(
        "dpkg", ["--root=" + _root, "--force-script-chrootless", "--force-depends", "--log=/dev/null", .. action]);

    private async Task<string[]> InstalledAsync()
    {
        var listed = await Artefacts.AskAsync(
            "dpkg-query", "--root=" + _root, "--show", "--showformat", "${db:Status-Status} ${Package}\n");
        return
        [
            .. listed.Split('\n').Where(line => line.StartsWith("installed ", StringComparison.Ordinal))
                .Select(line => line["installed ".Length..])
        ];
    }

    private Task<string> SaidVersionAsync() => Artefacts.AskAsync(_root + "/usr/bin/fast-provider", "--version");
}
