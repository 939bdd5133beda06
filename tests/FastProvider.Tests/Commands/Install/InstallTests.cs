using System.Runtime.InteropServices;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Install;

public sealed partial class InstallTests : IDisposable
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private readonly InstallScene _scene = new();

    [Fact]
    public async Task A_first_installation_makes_the_directory_and_installs_the_program_itself()
    {
        // Among processes of its own: another test may just ask a program that is named kubelet for its version.
        var run = await Plugin.RunAsync(
            [
                "--pid", "--fork", "--kill-child", "--mount-proc", Plugin.Binary, "install", "--to", _scene.Bin, "--name",
                "crio-credential-provider",
            ],
            [], binary: "/usr/bin/unshare");

        var said = Encoding.UTF8.GetString(run.Stdout);
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains("no kubelet was found here", said, StringComparison.Ordinal);
        Assert.Equal(["crio-credential-provider"], _scene.Names);
        var path = Path.Combine(_scene.Bin, "crio-credential-provider");
        Assert.Equal(await File.ReadAllBytesAsync(Plugin.Binary), await File.ReadAllBytesAsync(path));
        Assert.Equal((Executable, Executable), (File.GetUnixFileMode(path), File.GetUnixFileMode(_scene.Bin)));
    }

    [Fact]
    public async Task An_update_keeps_the_previous_and_the_same_again_changes_nothing()
    {
        var second = _scene.Build("second");
        await _scene.InstallsAsync(_scene.Build("first"));
        await _scene.InstallsAsync(second);
        var written = File.GetLastWriteTimeUtc(_scene.Program);

        var again = await _scene.InstallAsync(second);

        Assert.Contains("already", Encoding.UTF8.GetString(again.Stdout), StringComparison.Ordinal);
        Assert.Equal(
            ("second", "first", written),
            (_scene.Installed, InstallScene.Installs(_scene.Previous), File.GetLastWriteTimeUtc(_scene.Program)));
        Assert.Equal([".fast-provider.previous", "fast-provider"], _scene.Names);
    }

    [Fact]
    public async Task The_same_again_mends_the_mode()
    {
        var first = _scene.Build("first");
        await _scene.InstallsAsync(first);
        File.SetUnixFileMode(_scene.Program, UnixFileMode.UserRead);

        await _scene.InstallsAsync(first);

        Assert.Equal(Executable, File.GetUnixFileMode(_scene.Program));
    }

    [Fact]
    public async Task A_rollback_puts_the_previous_back_and_a_second_takes_it_back()
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        await _scene.InstallsAsync(_scene.Build("second"));

        await _scene.RollsBackAsync();
        Assert.Equal(("first", "second"), (_scene.Installed, InstallScene.Installs(_scene.Previous)));
        await _scene.RollsBackAsync();

        Assert.Equal(("second", "first"), (_scene.Installed, InstallScene.Installs(_scene.Previous)));
        Assert.Equal([".fast-provider.previous", "fast-provider"], _scene.Names);
    }

    [Fact]
    public async Task A_rollback_without_a_previous_says_so()
    {
        await _scene.InstallsAsync(_scene.Build("first"));

        Assert.Contains(
            "nothing was installed over another program", InstallScene.Refuses(await _scene.RollbackAsync()),
            StringComparison.Ordinal);
        Assert.Equal("first", _scene.Installed);
    }

    [Fact]
    public async Task A_DaemonSet_leaves_alone_what_was_rolled_back_from_its_own_program_and_nothing_else()
    {
        var (first, second, third) = (_scene.Build("first"), _scene.Build("second"), _scene.Build("third"));
        await _scene.InstallsAsync(first, "--unless-rolled-back");
        await _scene.InstallsAsync(second, "--unless-rolled-back");
        await _scene.RollsBackAsync();

        await _scene.InstallsAsync(second, "--unless-rolled-back");
        Assert.Equal("first", _scene.Installed);
        await _scene.InstallsAsync(third, "--unless-rolled-back");
        Assert.Equal("third", _scene.Installed);
        // As kubectl rollout undo does it: no rollback on the node, though the program is the previous one.
        await _scene.InstallsAsync(first, "--unless-rolled-back");
        Assert.Equal("first", _scene.Installed);
        await _scene.InstallsAsync(second, "--unless-rolled-back");
        Assert.Equal("second", _scene.Installed);
    }

    [Fact]
    public async Task By_hand_a_program_is_installed_again_that_was_rolled_back()
    {
        var second = _scene.Build("second");
        await _scene.InstallsAsync(_scene.Build("first"));
        await _scene.InstallsAsync(second);
        await _scene.RollsBackAsync();

        await _scene.InstallsAsync(second);

        Assert.Equal(("second", "first"), (_scene.Installed, InstallScene.Installs(_scene.Previous)));
    }

    [Fact]
    public async Task What_was_rolled_back_is_installed_where_nothing_is_left()
    {
        var second = _scene.Build("second");
        await _scene.InstallsAsync(_scene.Build("first"));
        await _scene.InstallsAsync(second);
        await _scene.RollsBackAsync();
        File.Delete(_scene.Program);

        await _scene.InstallsAsync(second, "--unless-rolled-back");

        Assert.Equal("second", _scene.Installed);
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        { "script", "#!/bin/sh\nexit 0\n", "does not say that it is fast-provider" },
        {
            "failing", "#!/bin/sh\necho \"libc.so.6: version GLIBC_9.9 not found\" >&2; exit 1\n",
            "ended with status 1 and said libc.so.6: version GLIBC_9.9"
        },
        { "text", "no program\n", "ENOEXEC" },
        { "empty", "", "ENOEXEC" },
        { "loader", "#!/no/such/loader\n", "the loader that it names is not there" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_does_not_run_is_refused_and_the_old_one_stays(string name, string content, string says)
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        await RefusesAsync(_scene.Write(name, Encoding.UTF8.GetBytes(content)), says);
    }

    [Fact]
    public async Task A_program_for_another_machine_is_refused()
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        var foreign = await File.ReadAllBytesAsync(Plugin.Binary);
        foreign[18] = 0xB7; // e_machine of the ELF header: AArch64, or x86-64 where that is what runs here
        foreign[18] = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (byte)0x3E : foreign[18];

        await RefusesAsync(_scene.Write("foreign", foreign), "ENOEXEC");
    }

    [Fact]
    public async Task A_program_that_was_cut_is_refused()
    {
        await _scene.InstallsAsync(_scene.Build("first"));

        await RefusesAsync(_scene.Write("cut", (await File.ReadAllBytesAsync(Plugin.Binary))[..100_000]), "not installed");
    }

    [Theory]
    [InlineData("fast-provider 9.9.9-what?+build", "fast-provider 9.9.9-what?+build")]
    [InlineData("fast-provider 9.9.9\\r\\nsecond line", "fast-provider 9.9.9")]
    [InlineData("fast-provider 9.9.9\\033[31m", "fast-provider 9.9.9?[31m")]
    public async Task The_version_is_the_first_line_as_it_is_printed(string printed, string version)
    {
        var candidate = _scene.Write("odd", Encoding.UTF8.GetBytes($"#!/bin/sh\nprintf '{printed}\\n'\n"));

        var run = await _scene.InstallAsync(candidate);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"installed {version} as ", Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Go_provider_comes_back_though_it_knows_no_version()
    {
        Directory.CreateDirectory(_scene.Bin, Executable);
        File.Move(_scene.Write("go", "#!/bin/sh\nread line; echo no request >&2; exit 1\n"u8.ToArray()), _scene.Program);
        await _scene.InstallsAsync(_scene.Build("first"));

        var run = await _scene.RollbackAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is another program again", Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.StartsWith("#!", await File.ReadAllTextAsync(_scene.Program), StringComparison.Ordinal);
        Assert.Equal("first", InstallScene.Installs(_scene.Previous));
    }

    [Fact]
    public async Task A_previous_one_that_no_longer_runs_does_not_come_back()
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        await _scene.InstallsAsync(_scene.Build("second"));
        await File.WriteAllBytesAsync(_scene.Previous, (await File.ReadAllBytesAsync(_scene.Previous))[..100_000]);

        Assert.Contains("does not run", InstallScene.Refuses(await _scene.RollbackAsync()), StringComparison.Ordinal);
        Assert.Equal("second", _scene.Installed);
    }

    [Theory]
    [InlineData("chmod 0775 bin", "can be written by others (mode 775)")]
    [InlineData("chown 1234 bin", "belongs to user 1234")]
    [InlineData("chmod 0777 .", "a directory above")]
    [InlineData("mv bin real; ln -s real bin", "is a symbolic link")]
    [InlineData("ln -s /bin/true bin/fast-provider", "is no regular file")]
    [InlineData("mkdir bin/fast-provider", "is no regular file")]
    public async Task Where_others_could_write_nothing_is_installed(string change, string says)
    {
        Directory.CreateDirectory(_scene.Bin, Executable);
        Assert.Equal(
            0,
            (await Plugin.RunAsync(
                ["-c", $"cd {Path.GetDirectoryName(_scene.Bin)} && {change}"], [], binary: "/bin/sh")).ExitCode);

        Assert.Contains(
            says, InstallScene.Refuses(await InstallScene.RunAsync("install", "--to", _scene.Bin)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--to", "relative/bin")]
    [InlineData("--name", "../evil")]
    [InlineData("--name", ".hidden")]
    [InlineData("--every", "999ms")]
    [InlineData("--every", "24h0m1s")]
    public async Task Wrong_usage_is_2(string flag, string value) =>
        InstallScene.Refuses(await InstallScene.RunAsync("install", flag, value), 2);

    [Fact]
    public async Task The_new_program_has_the_label_of_the_old_one()
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        var label = "system_u:object_r:bin_t:s0\0"u8.ToArray();
        Assert.Equal(0, setxattr(_scene.Program, "security.selinux", label, (nuint)label.Length, 0));

        await _scene.InstallsAsync(_scene.Build("second"));

        var read = new byte[100];
        Assert.Equal(label.Length, getxattr(_scene.Program, "security.selinux", read, 100));
        Assert.Equal(label, read[..label.Length]);
    }

    [Fact]
    public async Task In_a_container_the_trial_runs_in_the_root_of_the_node()
    {
        using var node = await ChrootNode.CreateAsync();
        Directory.CreateDirectory(node.Root + "/var/usrlocal", Executable);
        File.CreateSymbolicLink(node.PathOf("/usr/local"), "../var/usrlocal");
        await File.WriteAllTextAsync(node.PathOf("/dev/null"), "");

        var run = await InstallScene.RunAsync("install", "--root", node.Root, "--to", "/usr/local/bin");

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.True(File.Exists(node.Root + "/var/usrlocal/bin/fast-provider"));
        // A node whose C library the program cannot use: here it has none at all.
        foreach (var library in Directory.EnumerateFiles(node.Root, "libc.so.6", SearchOption.AllDirectories).ToList())
        {
            File.Delete(library);
        }

        var refused = await InstallScene.RunAsync(
            "install", "--root", node.Root, "--to", "/usr/local/bin", "--from", _scene.Build("second"));

        Assert.Contains("libc.so.6", InstallScene.Refuses(refused), StringComparison.Ordinal);
        Assert.Equal("", InstallScene.Installs(node.Root + "/var/usrlocal/bin/fast-provider"));
    }

    public void Dispose() => _scene.Dispose();

    private async Task RefusesAsync(string candidate, string says)
    {
        Assert.Contains(says, InstallScene.Refuses(await _scene.InstallAsync(candidate)), StringComparison.Ordinal);
        Assert.Equal("first", _scene.Installed);
        Assert.Equal(["fast-provider"], _scene.Names);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setxattr(string path, string name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, byte[] value, nuint size);
}
