namespace FastProvider.Sbom;

/// <summary>A part of the release that others make.</summary>
/// <param name="Name">Its package's name.</param>
/// <param name="Version">The package's version.</param>
/// <param name="Purl">Its package URL, which no two have in common.</param>
/// <param name="License">An SPDX expression.</param>
/// <param name="Sha512">Of the package's file, in lower-case hexadecimal; null where none is known.</param>
/// <param name="Role">What it is in the release, one of <see cref="ComponentRole"/>.</param>
internal sealed record Component(string Name, string Version, string Purl, string License, string? Sha512, string Role);

/// <summary>What a component is in the release.</summary>
internal static class ComponentRole
{
    public const string Library = "library, linked into the binary";
    public const string Runtime = "runtime and base library, linked into the binary";
    public const string Compiler = "compiler of the binary";
    public const string OpenSsl = "OpenSSL, linked into the binary of fast-provider-static alone";
    public const string Image = "C library in the container image alone";
}
