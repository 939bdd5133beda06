using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Commands;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Packages;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>Which OpenSSL is in place: the node's, or the one that the program of <c>fast-provider-static</c> carries.</summary>
public sealed partial class OpenSslTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    private string Carrier => archives.PathOf(Architecture.X64, "fast-provider", Artefacts.Static);

    [Fact]
    public async Task The_nodes_libssl_is_named_with_its_version_and_has_no_age_of_ours()
    {
        using var node = await ChrootNode.CreateAsync();

        var findings = await CheckAsync(node);

        var said = findings.Has("openssl", "ok", "libssl 3 of this node").GetProperty("message").GetString()!;
        Assert.Matches(@": OpenSSL 3\.\d+\.\d+ \d", said);
        Assert.DoesNotContain("openssl-age", findings.Ids);
    }

    [Fact]
    public async Task The_carried_one_is_named_with_what_it_goes_by()
    {
        using var node = await ChrootNode.CreateAsync(Carrier);
        var (version, _, _) = await CarriedAsync();
        var upstream = version.Split('-')[0];

        (await CheckAsync(node)).Has("openssl", "ok", $"this program carries its own: OpenSSL {upstream} ");
        (await CheckAsync(node)).Has("openssl", "ok", "there is no /usr/lib/ssl/openssl.cnf, so it goes by its defaults");

        await File.WriteAllTextAsync(node.PathOf("/usr/lib/ssl/openssl.cnf"), "");
        (await CheckAsync(node)).Has("openssl", "ok", "it reads /usr/lib/ssl/openssl.cnf");
    }

    [Theory]
    [InlineData(-400, "openssl-age", "ok", 0)] // by a clock that is behind
    [InlineData(0, "openssl-age", "ok", 0)]
    [InlineData(180, "openssl-age", "ok", 180)]
    [InlineData(181, "openssl-age", "warning", 181)]
    [InlineData(2000, "openssl-age", "warning", 2000)]
    public async Task What_is_carried_grows_old(int days, string id, string level, int said)
    {
        var (_, carried, changed) = await CarriedAsync();
        using var node = await ChrootNode.CreateAsync(Carrier);
        using var clock = NodeClock.Running();
        clock.Step(changed.AddDays(days).AddHours(1) - DateTime.UtcNow);
        node.Clock = clock;

        (await CheckAsync(node)).Has(id, level, $"was last mended {said} days ago: {carried}");
    }

    /// <summary>A build by hand has no file that names the origin; the constants are then empty.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("libssl-dev 3.0.22-1~deb12u2 amd64")]
    public void An_origin_that_was_not_written_down_is_not_made_up(string origin) =>
        Assert.Null(CarriedOpenSsl.Parse(origin));

    [Fact]
    public void An_origin_is_shown_as_who_looks_for_something_newer_needs_it() => Assert.Equal(
        "OpenSSL 3.0.22-1~deb12u2 (libssl-dev of debian bookworm, arm64, 2026-10-21)",
        CarriedOpenSsl.Parse("libssl-dev 3.0.22-1~deb12u2 arm64 debian bookworm 2026-10-21 ab01")?
            .ToString());

    private static async Task<Findings> CheckAsync(ChrootNode node) => new(await node.RunAsync("doctor", "--output", "json"));

    /// <summary>What the program says to <c>--version</c>: its OpenSSL's version, all of it, and the day.</summary>
    private async Task<(string Version, string All, DateTime Changed)> CarriedAsync()
    {
        var said = Said().Match(await Artefacts.AskAsync(Carrier, "--version"));
        Assert.True(said.Success);
        return (
            said.Groups[2].Value, said.Groups[1].Value,
            DateTime.ParseExact(said.Groups[3].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@" with (OpenSSL (\S+) \(.*, (\d{4}-\d\d-\d\d)\))\n$")]
    private static partial Regex Said();
}
