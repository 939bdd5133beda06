using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>
/// What <c>./package.sh</c> made before the tests: in <c>FAST_PROVIDER_PACKAGES</c>, else in the repository's
/// <c>artifacts/packages</c>.
/// </summary>
internal static partial class Artefacts
{
    /// <summary>Where the packages put the program, as the kubelet runs it.</summary>
    public const string Program = "/usr/libexec/kubelet-image-credential-provider-plugins/fast-provider";

    /// <summary>The package whose program loads the node's OpenSSL, and the one whose program carries its own.</summary>
    public const string Default = "fast-provider", Static = "fast-provider-static";

    /// <summary>Where Debian's cross packages have the C library of AArch64.</summary>
    public const string ArmLibraries = "/usr/aarch64-linux-gnu";

    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("FAST_PROVIDER_PACKAGES") is { Length: > 0 } given ? given
        : Path.Join(Repository.Root, "artifacts", "packages");

    public static TheoryData<Architecture> Architectures => [Architecture.X64, Architecture.Arm64];

    /// <summary>Each package for each architecture.</summary>
    public static TheoryData<string, Architecture> Packages => new()
    {
        { Default, Architecture.X64 },
        { Default, Architecture.Arm64 },
        { Static, Architecture.X64 },
        { Static, Architecture.Arm64 },
    };

    /// <summary>The package that has the same files.</summary>
    public static string Other(string package) => package == Default ? Static : Default;

    public static string Archive(Architecture of, string package = Default) =>
        PathOf($"{package}-{BuildVersion.Value}-{of.RuntimeIdentifier}.tar.gz");

    public static string Deb(Architecture of, string package = Default) =>
        PathOf($"{package}_{BuildVersion.Value}-1_{of.Debian}.deb");

    public static string Rpm(Architecture of, string package = Default) =>
        PathOf($"{package}-{BuildVersion.Value}-1.{of.Rpm}.rpm");

    public static string Image => PathOf($"fast-provider-{BuildVersion.Value}-oci.tar");

    public static string Sbom => PathOf($"fast-provider-{BuildVersion.Value}.cdx.json");

    public static string Checksums => PathOf("SHA256SUMS");

    /// <summary>The version of glibc that the newest symbol has of those that the program asks for.</summary>
    public static Version OldestGlibc(byte[] program) =>
        GlibcVersion().Matches(Encoding.Latin1.GetString(program)).Select(match => Version.Parse(match.Groups[1].Value)).Max()!;

    /// <summary>What a tool prints that has to succeed, as text.</summary>
    public static async Task<string> AskAsync(string tool, params string[] arguments) =>
        Encoding.UTF8.GetString(await BytesOfAsync(tool, arguments));

    /// <summary>The same as it is.</summary>
    public static async Task<byte[]> BytesOfAsync(string tool, params string[] arguments)
    {
        var run = await Plugin.RunAsync([tool, .. arguments], [], binary: "/usr/bin/env"); // which looks in PATH
        Assert.True(run.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {run.ExitCode}: {run.Stderr}");
        return run.Stdout;
    }

    /// <summary>Mode, owner and path of each entry of a verbose listing of tar, in its order; a link with its target.</summary>
    public static IEnumerable<string> Entries(string listing) =>
        listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => TarEntry().Replace(line, "$1 $2 $3"));

    private static string PathOf(string name)
    {
        var path = Path.Join(Directory, name);
        Assert.True(File.Exists(path), $"{name} is missing in {Directory}. Run: ./package.sh");
        return path;
    }

    [GeneratedRegex(@"\0GLIBC_([0-9]+(?:\.[0-9]+)+)(?=\0)")]
    private static partial Regex GlibcVersion();

    [GeneratedRegex(@"^(\S+) (\S+) +[0-9]+ \S+ \S+ (.+)$")]
    private static partial Regex TarEntry();
}
