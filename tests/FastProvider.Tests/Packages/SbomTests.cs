using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Packages;

/// <summary>The bill of materials, laid against what the compiler read, and against what NuGet had restored for it.</summary>
public sealed partial class SbomTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_lists_every_package_that_the_compiler_read(Architecture architecture)
    {
        var build = Path.Join(Repository.Root, "artifacts/obj/FastProvider", $"release_{architecture.RuntimeIdentifier}");
        var response = await File.ReadAllLinesAsync(Path.Join(build, "native/fast-provider.ilc.rsp"));
        var read = response.Select(line => PackageOfReference().Match(line)).Where(match => match.Success)
            .Select(match => $"{match.Groups[1]} {match.Groups[2]}").ToHashSet();

        Assert.Contains(read, name => name.StartsWith("microsoft.netcore.app.runtime.nativeaot.", StringComparison.Ordinal));
        Assert.Subset((await NuGetPackagesAsync()).ToHashSet(), read);
    }

    [Fact]
    public async Task It_lists_nothing_that_was_not_restored_for_the_program()
    {
        var restored = new HashSet<string>();
        foreach (var architecture in (Architecture[])[Architecture.X64, Architecture.Arm64])
        {
            restored.UnionWith(await RestoredAsync(architecture));
        }

        var listed = await NuGetPackagesAsync();

        Assert.NotEmpty(listed);
        Assert.Subset(restored, listed.ToHashSet());
        Assert.All(["xunit", "benchmark", "microsoft.codeanalysis"], other =>
            Assert.DoesNotContain(listed, name => name.StartsWith(other, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_is_CycloneDX_and_each_component_has_version_licence_and_package_URL()
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(Artefacts.Sbom));
        var root = sbom.RootElement;

        Assert.Equal("CycloneDX 1.6", $"{root.GetProperty("bomFormat")} {root.GetProperty("specVersion")}");
        Assert.False(root.TryGetProperty("serialNumber", out _), "A serial number is another in each build.");
        Assert.Equal($"fast-provider {BuildVersion.Value}", NamedVersion(root.GetProperty("metadata").GetProperty("component")));
        var components = root.GetProperty("components").EnumerateArray().ToList();
        Assert.All(components, component =>
        {
            Assert.StartsWith("pkg:", PurlOf(component), StringComparison.Ordinal);
            Assert.NotEmpty(component.GetProperty("version").GetString()!);
            var license = Assert.Single(component.GetProperty("licenses").EnumerateArray());
            Assert.NotEmpty(license.GetProperty("expression").GetString()!);
        });
        Assert.Equal(
            components.Select(component => component.GetProperty("bom-ref").GetString()),
            root.GetProperty("dependencies")[0].GetProperty("dependsOn").EnumerateArray().Select(each => each.GetString()));
        var debian = components.Where(component => PurlOf(component).StartsWith("pkg:deb/", StringComparison.Ordinal));
        Assert.Equal(
            ["libc6", "libc6-arm64-cross", "libssl-dev", "libssl-dev"],
            debian.Select(component => NamedVersion(component).Split(' ')[0]).Order());
    }

    /// <summary>What a scanner looks up must be what is linked in: the program says so itself.</summary>
    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_names_the_OpenSSL_that_the_static_program_carries(Architecture architecture)
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(Artefacts.Sbom));
        var openSsl = Assert.Single(
            sbom.RootElement.GetProperty("components").EnumerateArray(),
            component => component.GetProperty("name").ValueEquals("libssl-dev")
                && PurlOf(component).Contains($"arch={architecture.Debian}&", StringComparison.Ordinal));
        var version = openSsl.GetProperty("version").GetString()!;
        var distribution = PurlOf(openSsl).Split('/')[1];
        var release = PurlOf(openSsl).Split("distro=")[1];

        var program = archives.PathOf(architecture, "fast-provider", Artefacts.Static);
        string[] emulation = architecture == Architecture.X64 ? [] : ["qemu-aarch64", "-L", Artefacts.ArmLibraries];
        var said = await Artefacts.AskAsync("env", [.. emulation, program, "--version"]);

        Assert.StartsWith(
            $"fast-provider {BuildVersion.Value} with OpenSSL {version} (libssl-dev of {distribution} {release},"
                + $" {architecture.Debian}, 20",
            said, StringComparison.Ordinal);
        Assert.Single(openSsl.GetProperty("hashes").EnumerateArray());
        Assert.Equal(
            "OpenSSL, linked into the binary of fast-provider-static alone",
            openSsl.GetProperty("properties")[0].GetProperty("value").GetString());
    }

    /// <summary>Name, in lower case, and version of each package of NuGet that is listed.</summary>
    private static async Task<List<string>> NuGetPackagesAsync()
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(Artefacts.Sbom));
        return
        [
            .. sbom.RootElement.GetProperty("components").EnumerateArray()
                .Where(component => PurlOf(component).StartsWith("pkg:nuget/", StringComparison.Ordinal))
                .Select(component => NamedVersion(component).ToLowerInvariant()),
        ];
    }

    private static string NamedVersion(JsonElement package) =>
        $"{package.GetProperty("name")} {package.GetProperty("version")}";

    private static string PurlOf(JsonElement component) => component.GetProperty("purl").GetString()!;

    /// <summary>The same of what project.assets.json has for an architecture, with the packs that the SDK adds.</summary>
    private static async Task<IEnumerable<string>> RestoredAsync(Architecture architecture)
    {
        var build = Path.Join(Repository.Root, "artifacts/packaging/fast-provider", architecture.RuntimeIdentifier);
        var file = Path.Join(build, "project.assets.json");
        using var assets = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        var root = assets.RootElement;
        var libraries = root.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Replace('/', ' '));
        var framework = root.GetProperty("project").GetProperty("frameworks").GetProperty("net10.0");
        // A pack's version is a range of one, such as [10.0.1, 10.0.1].
        var packs = framework.GetProperty("downloadDependencies").EnumerateArray().Select(NamedVersion)
            .Select(pack => pack.Split(',')[0].Replace("[", "", StringComparison.Ordinal));
        return libraries.Concat(packs).Select(name => name.ToLowerInvariant()).ToList();
    }

    [GeneratedRegex("^-r:.*/([^/]+)/([0-9][^/]*)/(?:lib|runtimes)/")]
    private static partial Regex PackageOfReference();
}
