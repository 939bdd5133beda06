using System.Buffers.Binary;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>The programs of both architectures do the same; the one for AArch64 runs in QEMU, with Debian's C library for it.</summary>
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

    [Fact]
    public async Task Both_explain_a_mirrored_image_alike()
    {
        var folder = Directory.CreateTempSubdirectory("fast-provider-explain-").FullName;
        try
        {
            Directory.CreateDirectory(folder + "/manifests");
            await File.WriteAllTextAsync(folder + "/registries.conf",
                "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"cache.example.com:5000/dockerhub\"\n");
            await File.WriteAllTextAsync(folder + "/manifests/secret.yaml", """
                apiVersion: v1
                kind: Secret
                metadata: {name: cache-login, namespace: team-a}
                type: kubernetes.io/dockerconfigjson
                stringData:
                  .dockerconfigjson: '{"auths":{"cache.example.com:5000":{"username":"team-a","password":"only-for-this-test"}}}'
                """);

            var said = await AnswersAreEqualAsync([], "explain", "busybox", "--namespace", "team-a", "--secrets-from", folder + "/manifests",
                "--registries-conf", folder + "/registries.conf", "--global-auth-file", folder + "/none.json");

            Assert.Equal(0, said.ExitCode);
            Assert.Contains("cache-login", Encoding.UTF8.GetString(said.Stdout), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs both programs; exit status and standard output must not differ. Standard error has times in it.</summary>
    private async Task<PluginRun> AnswersAreEqualAsync(byte[] request, params string[] arguments)
    {
        var here = await Plugin.RunAsync(arguments, request, binary: archives.PathOf(Architecture.X64, "fast-provider"));
        var emulated = await Plugin.RunAsync(
            ["-L", Artefacts.ArmLibraries, archives.PathOf(Architecture.Arm64, "fast-provider"), .. arguments], request, binary: "/usr/bin/qemu-aarch64");

        Assert.Equal(
            (here.ExitCode, Encoding.UTF8.GetString(here.Stdout)), (emulated.ExitCode, Encoding.UTF8.GetString(emulated.Stdout)));
        Assert.True(here.ExitCode == 0 ? here.Stdout.Length > 0 : here.Stderr == emulated.Stderr, emulated.Stderr);
        return here;
    }
}
