using System.Text.Json;
using System.Xml.Linq;

namespace FastProvider.Sbom;

/// <summary>The packages that the binary of an architecture is made of, as NuGet has resolved them.</summary>
internal static class LinkedPackages
{
    /// <param name="assets">The <c>project.assets.json</c> of a publish for one runtime identifier.</param>
    public static IEnumerable<Component> Of(string assets)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
        var root = document.RootElement;
        var folder = root.GetProperty("packageFolders").EnumerateObject().First().Name;
        var target = root.GetProperty("targets").EnumerateObject().Single(t => t.Name.Contains('/', StringComparison.Ordinal));
        var runtimeIdentifier = target.Name[(target.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];

        // Packages without a file for run time are tools of the build: analyzers, the linker's tasks.
        var libraries = target.Value.EnumerateObject().Where(HasAssembly).Select(library => library.Name.Split('/'))
            .Select(name => Read(folder, name[0], name[1], ComponentRole.Library));
        var packs = root.GetProperty("project").GetProperty("frameworks").EnumerateObject().Single().Value
            .GetProperty("downloadDependencies").EnumerateArray()
            .Select(pack => (Name: pack.GetProperty("name").GetString()!, Range: pack.GetProperty("version").GetString()!))
            .Select(pack => (pack.Name, Version: Exact(pack.Range), Role: RoleOf(pack.Name, runtimeIdentifier)))
            .Where(pack => pack.Role is not null).Select(pack => Read(folder, pack.Name, pack.Version, pack.Role!));
        return [.. libraries, .. packs];
    }

    private static bool HasAssembly(JsonProperty library) =>
        library.Value.GetProperty("type").GetString() == "package"
        && library.Value.TryGetProperty("runtime", out var files)
        && files.EnumerateObject().Any(file => file.Name.EndsWith(".dll", StringComparison.Ordinal));

    /// <param name="range">A range of one version, such as <c>[10.0.1, 10.0.1]</c>.</param>
    private static string Exact(string range) => range.Trim('[', ']').Split(',')[0];

    /// <summary>Of the packs that the SDK brings along; the others are for programs that are not compiled natively.</summary>
    private static string? RoleOf(string name, string runtimeIdentifier) =>
        name == $"Microsoft.NETCore.App.Runtime.NativeAOT.{runtimeIdentifier}" ? ComponentRole.Runtime
        : name.EndsWith(".Microsoft.DotNet.ILCompiler", StringComparison.Ordinal) ? ComponentRole.Compiler
        : null;

    private static Component Read(string folder, string name, string version, string role)
    {
        var package = Path.Combine(folder, name.ToLowerInvariant(), version.ToLowerInvariant());
        var hash = File.ReadAllText(Path.Combine(package, $"{name}.{version}.nupkg.sha512".ToLowerInvariant()));
        var license = XDocument.Load(Path.Combine(package, $"{name}.nuspec".ToLowerInvariant())).Descendants()
            .FirstOrDefault(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == "expression");
        return new Component(
            name, version, $"pkg:nuget/{name}@{version}",
            license?.Value ?? throw new InvalidDataException($"{name} {version} names no licence by an SPDX expression."),
            Convert.ToHexStringLower(Convert.FromBase64String(hash)), role);
    }
}
