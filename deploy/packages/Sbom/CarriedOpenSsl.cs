namespace FastProvider.Sbom;

/// <summary>The OpenSSL that is linked into <c>fast-provider-static</c>, one of each architecture.</summary>
internal static class CarriedOpenSsl
{
    /// <param name="folder">What openssl.sh made: a folder for each architecture with a file <c>origin</c>.</param>
    public static IEnumerable<Component> Read(string folder) =>
        Directory.GetFiles(folder, "origin", SearchOption.AllDirectories)
            .Select(file => File.ReadAllText(file).TrimEnd().Split(' ')).Select(Of);

    /// <param name="part">Package, version, architecture, distribution, its release, day, SHA-512.</param>
    private static Component Of(string[] part) => new(
        part[0], part[1],
        $"pkg:deb/{part[3]}/{part[0]}@{Uri.EscapeDataString(part[1])}?arch={part[2]}&distro={part[4]}",
        "Apache-2.0", part[6], ComponentRole.OpenSsl);
}
