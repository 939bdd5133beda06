using System.Security.Cryptography;

namespace FastProvider.Tests.Packages;

public sealed class RpmTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_puts_everything_where_Fedora_looks_for_it(string package, Architecture architecture) => Assert.Equal(
        [
            "lrwxrwxrwx root:root /usr/bin/fast-provider ../libexec/kubelet-image-credential-provider-plugins/fast-provider",
            "-rw-r--r-- root:root /usr/lib/systemd/system/fast-provider-agent.service ",
            "-rw-r--r-- root:root /usr/lib/systemd/system/fast-provider-agent.socket ",
            "-rw-r--r-- root:root /usr/lib/tmpfiles.d/fast-provider.conf ",
            "drwxr-xr-x root:root /usr/libexec/kubelet-image-credential-provider-plugins ",
            "-rwxr-xr-x root:root /usr/libexec/kubelet-image-credential-provider-plugins/fast-provider ",
            "-rw-r--r-- root:root /usr/share/bash-completion/completions/fast-provider ",
            $"drwxr-xr-x root:root /usr/share/doc/{package} ",
            $"-rw-r--r-- root:root /usr/share/doc/{package}/CHANGELOG.md ",
            $"-rw-r--r-- root:root /usr/share/doc/{package}/README.md ",
            "-rw-r--r-- root:root /usr/share/fish/vendor_completions.d/fast-provider.fish ",
            $"drwxr-xr-x root:root /usr/share/licenses/{package} ",
            $"-rw-r--r-- root:root /usr/share/licenses/{package}/LICENSE ",
            $"-rw-r--r-- root:root /usr/share/licenses/{package}/copyright ",
            $"-rw-r--r-- root:root /usr/share/licenses/{package}/dotnet-notices.txt ",
            "-rw-r--r-- root:root /usr/share/man/man8/fast-provider.8.gz ",
            "-rw-r--r-- root:root /usr/share/zsh/site-functions/_fast-provider ",
        ],
        (await QueryAsync(
            architecture, package, @"[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES} %{FILELINKTOS}\n]"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_requires_what_its_program_asks_for_and_is_not_beside_the_other(string package, Architecture architecture)
    {
        var program = await File.ReadAllBytesAsync(archives.PathOf(architecture, "fast-provider", package));

        var requires = (await QueryAsync(architecture, package, @"[%{REQUIRENAME}\n]")).Split('\n');

        Assert.Contains($"libc.so.6(GLIBC_{Artefacts.OldestGlibc(program)})(64bit)", requires);
        string[] openSsl = package == Artefacts.Static ? [] : ["libssl.so.3()(64bit)"];
        Assert.Equal(openSsl, requires.Where(name => name.Contains("ssl") || name.Contains("crypto")));
        Assert.Equal($"{Artefacts.Other(package)}\n", await QueryAsync(architecture, package, @"[%{CONFLICTNAME}\n]"));
        // An update would take it for a reason to put one in the place of the other.
        Assert.Equal("", await QueryAsync(architecture, package, @"[%{OBSOLETENAME}\n]"));
        Assert.Contains(
            $"fast-provider = {BuildVersion.Value}-1\n",
            await QueryAsync(architecture, package, @"[%{PROVIDENAME} = %{PROVIDEVERSION}\n]"), StringComparison.Ordinal);
        var identity = await QueryAsync(architecture, package, "%{NAME} %{VERSION}-%{RELEASE} %{ARCH}");
        Assert.Equal($"{package} {BuildVersion.Value}-1 {architecture.Rpm}", identity);
    }

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task Its_program_is_that_of_the_archive(string package, Architecture architecture)
    {
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(archives.PathOf(architecture, "fast-provider", package)));

        var digests = await QueryAsync(architecture, package, @"[%{FILENAMES} %{FILEDIGESTS}\n]");

        Assert.Contains($"{Artefacts.Program} {Convert.ToHexStringLower(hash)}\n", digests, StringComparison.Ordinal);
    }

    /// <summary>It starts nothing, and removes nothing; an agent that runs goes on as the new program, or ends with it.</summary>
    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task It_only_labels_makes_directories_and_sees_to_an_agent_that_runs(string package, Architecture architecture)
    {
        var others = await QueryAsync(
            architecture, package, "%{PREIN}%{PREUN}%{PRETRANS}%{POSTTRANS}%{TRIGGERSCRIPTS}%{FILETRIGGERSCRIPTS}");
        Assert.Equal(string.Concat(Enumerable.Repeat("(none)", 6)), others);

        Assert.Equal(
            [
                "if", "restorecon", "fi", "if", "systemd-tmpfiles", "fi",
                "if", "systemctl daemon-reload", "systemctl try-restart", "fi",
            ],
            await CommandsAsync(architecture, package, "%{POSTIN}"));
        Assert.Equal(
            ["if", "systemctl stop", "systemctl daemon-reload", "fi"], await CommandsAsync(architecture, package, "%{POSTUN}"));
    }

    /// <summary>Nothing in it is of the machine or the hour that it was built at.</summary>
    [Theory]
    [InlineData(Artefacts.Default)]
    [InlineData(Artefacts.Static)]
    public async Task It_says_the_time_of_the_commit_and_no_host(string package)
    {
        var times = await QueryAsync(Architecture.X64, package, @"%{BUILDHOST}\n%{BUILDTIME}\n[%{FILEMTIMES}\n]");
        var lines = times.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("localhost", lines[0]);
        Assert.Single(lines[1..].Distinct());
    }

    private static async Task<IEnumerable<string>> CommandsAsync(Architecture architecture, string package, string script) =>
        (await QueryAsync(architecture, package, script)).Split('\n').Select(line => line.Trim().Split(' '))
            .Select(words => words[0] == "systemctl" ? $"systemctl {words[1]}" : words[0]).Where(command => command.Length > 0);

    private static Task<string> QueryAsync(Architecture architecture, string package, string format) =>
        Artefacts.AskAsync("rpm", "-qp", "--queryformat", format, Artefacts.Rpm(architecture, package));
}
