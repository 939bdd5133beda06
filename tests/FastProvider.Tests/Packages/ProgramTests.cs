using System.Buffers.Binary;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>The programs of both architectures do the same; that for AArch64 runs in QEMU, with Debian's C library.</summary>
public sealed class ProgramTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    private const string Unmirrored =
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"quay.io/a/b"}""";

    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_is_of_its_architecture_and_lies_at_a_fixed_place(Architecture architecture)
    {
        const ushort fixedPlace = 2; // ET_EXEC of elf(5)
        var head = (await File.ReadAllBytesAsync(archives.PathOf(architecture, "fast-provider"))).AsSpan(0, 20);

        Assert.Equal("\u007fELF", Encoding.ASCII.GetString(head[..4]));
        Assert.Equal(fixedPlace, BinaryPrimitives.ReadUInt16LittleEndian(head[16..]));
        Assert.Equal(architecture.ElfMachine, BinaryPrimitives.ReadUInt16LittleEndian(head[18..]));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("man")]
    [InlineData("generate", "rbac")]
    [InlineData("--no-such-flag")]
    public Task Both_print_the_same(params string[] arguments) => AnswersAreEqualAsync([], arguments);

    [Fact]
    public async Task Both_answer_a_pull_without_mirror_alike()
    {
        var run = await AnswersAreEqualAsync(Encoding.UTF8.GetBytes(Unmirrored));

        run.Answers();
    }

    /// <summary>A mirrored image would load OpenSSL, which is not there for AArch64.</summary>
    [Theory]
    [InlineData("[[registry]]\nprefix = \"quay.io\"\nlocation = \"quay.io\"\n")]
    [InlineData("registry = [{ prefix = 'quay.io', location = \"quay\\u002eio\", insecure = true }]\n")] // the library's work
    [InlineData("[[registry]]\nlocation = 7\n")]
    public async Task Both_read_registries_conf_alike(string registries)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, registries);

            await AnswersAreEqualAsync(
                [], "explain", "quay.io/a/b", "--namespace", "team-a", "--secrets-from", "/none", "--registries-conf", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Runs both programs: exit status and standard output must not differ but for the times that they took. Standard error has
    /// times in it, too, unless it is an error.
    /// </summary>
    private async Task<PluginRun> AnswersAreEqualAsync(byte[] request, params string[] arguments)
    {
        var here = await Plugin.RunAsync(arguments, request, binary: archives.PathOf(Architecture.X64, "fast-provider"));
        string[] emulation = ["-L", Artefacts.ArmLibraries, archives.PathOf(Architecture.Arm64, "fast-provider")];
        var emulated = await Plugin.RunAsync([.. emulation, .. arguments], request, binary: "/usr/bin/qemu-aarch64");

        Assert.Equal((here.ExitCode, Said(here)), (emulated.ExitCode, Said(emulated)));
        Assert.True(here.ExitCode == 0 ? here.Stdout.Length > 0 : here.Stderr == emulated.Stderr, emulated.Stderr);
        return here;
    }

    private static string Said(PluginRun run)
    {
        var lines = Encoding.UTF8.GetString(run.Stdout).Split('\n');
        return string.Join('\n', lines.Where(line => !line.StartsWith("Times ", StringComparison.Ordinal)));
    }
}
