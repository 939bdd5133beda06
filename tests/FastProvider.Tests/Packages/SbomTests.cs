using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Packages;

/// <summary>The bill of materials, laid against what the compiler was given, and against what NuGet had restored for it.</summary>
public sealed partial class SbomTests
{
    [Theory]
    [MemberData(nameof(Artefacts.Architectures), MemberType = typeof(Artefacts))]
    public async Task It_lists_every_package_that_the_compiler_read(Architecture architecture)
    {
        var response = Path.Join(Repository.Root, $"artifacts/obj/FastProvider/release_{architecture.RuntimeIdentifier}/native/fast-provider.ilc.rsp");
        var read = (await File.ReadAllLinesAsync(response)).Select(line => PackageOfReference().Match(line)).Where(match => match.Success)
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
        Assert.DoesNotContain(listed, name => name.StartsWith("xunit", StringComparison.Ordinal) || name.StartsWith("benchmark", StringComparison.Ordinal)
            || name.StartsWith("microsoft.codeanalysis", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_CycloneDX_and_each_component_has_version_licence_and_package_URL()
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(Artefacts.Sbom));
        var root = sbom.RootElement;

        Assert.Equal(("CycloneDX", "1.6", 1), (root.GetProperty("bomFormat").GetString(), root.GetProperty("specVersion").GetString(), root.GetProperty("version").GetInt32()));
        Assert.False(root.TryGetProperty("serialNumber", out _), "A serial number is another in each build.");
        Assert.Equal(BuildVersion.Value, root.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString());
        var components = root.GetProperty("components").EnumerateArray().ToList();
        Assert.All(components, component =>
        {
            Assert.StartsWith("pkg:", component.GetProperty("purl").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(component.GetProperty("version").GetString()!);
            Assert.NotEmpty(Assert.Single(component.GetProperty("licenses").EnumerateArray()).GetProperty("expression").GetString()!);
        });
        Assert.Equal(
            components.Select(component => component.GetProperty("bom-ref").GetString()),
            root.GetProperty("dependencies")[0].GetProperty("dependsOn").EnumerateArray().Select(reference => reference.GetString()));
        Assert.Equal(["libc6", "libc6-arm64-cross"], components.Where(c => c.GetProperty("purl").GetString()!.StartsWith("pkg:deb/", StringComparison.Ordinal))
            .Select(c => c.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Name, in lower case, and version of each package of NuGet that is listed.</summary>
    private static async Task<List<string>> NuGetPackagesAsync()
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(Artefacts.Sbom));
        return
        [
            .. sbom.RootElement.GetProperty("components").EnumerateArray()
                .Where(component => component.GetProperty("purl").GetString()!.StartsWith("pkg:nuget/", StringComparison.Ordinal))
                .Select(component => $"{component.GetProperty("name").GetString()!.ToLowerInvariant()} {component.GetProperty("version").GetString()}"),
        ];
    }

    /// <summary>The same of what project.assets.json has for an architecture, with the packs that the SDK adds.</summary>
    private static async Task<IEnumerable<string>> RestoredAsync(Architecture architecture)
    {
        var file = Path.Join(Repository.Root, "artifacts", "packaging", architecture.RuntimeIdentifier, "project.assets.json");
        using var assets = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        var libraries = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Replace('/', ' ').ToLowerInvariant());
        var packs = assets.RootElement.GetProperty("project").GetProperty("frameworks").GetProperty("net10.0").GetProperty("downloadDependencies").EnumerateArray()
            .Select(pack => $"{pack.GetProperty("name").GetString()!.ToLowerInvariant()} {pack.GetProperty("version").GetString()!.Trim('[', ']').Split(',')[0]}");
        return [.. libraries, .. packs];
    }

    [GeneratedRegex("^-r:.*/([^/]+)/([0-9][^/]*)/(?:lib|runtimes)/")]
    private static partial Regex PackageOfReference();
}
