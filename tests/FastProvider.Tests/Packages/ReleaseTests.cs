using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Packages;

/// <summary>The release as a whole: its checksums, and what the pages say of it.</summary>
public sealed partial class ReleaseTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    [Fact]
    public async Task The_checksums_are_of_all_files_and_right()
    {
        var listed = (await File.ReadAllLinesAsync(Artefacts.Checksums)).Select(line => line.Split("  ")[1]);
        var others = Directory.GetFiles(Artefacts.Directory).Select(Path.GetFileName).Where(name => name != "SHA256SUMS");

        Assert.Equal(others.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        const string check = "cd \"$1\" && sha256sum --check --strict --quiet SHA256SUMS";
        await Artefacts.AskAsync("sh", "-c", check, "sh", Artefacts.Directory);
    }

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task The_pages_name_the_oldest_C_library_that_the_program_starts_with(
        string package, Architecture architecture)
    {
        var glibc = Artefacts.OldestGlibc(await File.ReadAllBytesAsync(archives.PathOf(architecture, "fast-provider", package)));

        Assert.Equal(glibc.ToString(), Cell(await PageAsync("docs/packages.md"), "oldest glibc", architecture));
        foreach (var page in (string[])["README.md", "docs/compatibility.md"])
        {
            var elsewhere = GlibcOrNewer().Matches(await PageAsync(page));
            Assert.NotEmpty(elsewhere);
            Assert.All(elsewhere, match => Assert.Equal(glibc.ToString(), match.Groups[1].Value));
        }
    }

    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task The_page_of_packages_names_the_sizes(string package, Architecture architecture)
    {
        var packages = await PageAsync("docs/packages.md");

        void Names(string row, string file)
        {
            var megabytes = double.Parse(
                Cell(packages, row, architecture).Replace(" MB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            Assert.InRange(megabytes, 0.9 * new FileInfo(file).Length / 1e6, 1.1 * new FileInfo(file).Length / 1e6);
        }

        var with = package == Artefacts.Static ? ", with OpenSSL" : "";
        Names("program" + with, archives.PathOf(architecture, "fast-provider", package));
        Names(".tar.gz" + with, Artefacts.Archive(architecture, package));
        Names(".deb" + with, Artefacts.Deb(architecture, package));
        Names(".rpm" + with, Artefacts.Rpm(architecture, package));
        Names("image, both architectures", Artefacts.Image);
    }

    private static Task<string> PageAsync(string path) => File.ReadAllTextAsync(Path.Join(Repository.Root, path));

    /// <summary>A cell of the table of packages.</summary>
    private static string Cell(string page, string row, Architecture architecture)
    {
        var line = Assert.Single(page.Split('\n'), line => line.StartsWith($"| {row} |", StringComparison.Ordinal));
        return line.Split('|')[architecture == Architecture.X64 ? 2 : 3].Trim();
    }

    [GeneratedRegex(@"glibc (\d+\.\d+) or newer")]
    private static partial Regex GlibcOrNewer();
}
