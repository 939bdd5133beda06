namespace FastProvider.Sbom;

/// <summary>The C libraries that the container image has, one of each architecture.</summary>
internal static class ImageLibraries
{
    /// <param name="list">Lines of package, version and architecture, as dpkg has them.</param>
    public static IEnumerable<Component> Read(string list)
    {
        const string key = "ID=";
        var named = File.ReadLines("/etc/os-release").Single(line => line.StartsWith(key, StringComparison.Ordinal));
        var distribution = named[key.Length..].Trim('"');
        return File.ReadLines(list).Select(line => line.Split(' ')).Select(part => new Component(
            part[0], part[1], $"pkg:deb/{distribution}/{part[0]}@{Uri.EscapeDataString(part[1])}?arch={part[2]}",
            "LGPL-2.1-or-later", Sha512: null, ComponentRole.Image));
    }
}
