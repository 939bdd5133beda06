namespace FastProvider.Tests.Packages;

/// <summary>The names of an architecture.</summary>
/// <param name="RuntimeIdentifier">.NET's, which archives have.</param>
/// <param name="Debian">dpkg's, which images have as well.</param>
/// <param name="Rpm">rpm's.</param>
/// <param name="ElfMachine">The number in the head of a program.</param>
public sealed record Architecture(string RuntimeIdentifier, string Debian, string Rpm, ushort ElfMachine)
{
    public static readonly Architecture X64 = new("linux-x64", "amd64", "x86_64", 62);
    public static readonly Architecture Arm64 = new("linux-arm64", "arm64", "aarch64", 183);

    public override string ToString() => RuntimeIdentifier;
}
