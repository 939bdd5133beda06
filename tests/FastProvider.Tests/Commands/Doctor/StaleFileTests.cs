using FastProvider.Tests.Clock;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>When doctor calls a file stale, by a clock that stands: a change time counts, which nobody can set.</summary>
public sealed class StaleFileTests
{
    private static readonly string Slot = $"team-a-{new string('a', 64)}";

    /// <summary>Twice the lifetime; an hour where no run removes anything.</summary>
    [Theory]
    [InlineData("", 599_900, null)]
    [InlineData("", 600_100, "10 minutes")]
    [InlineData("    args: [\"--untaken-lifetime=1h\"]", 7_199_900, null)]
    [InlineData("    args: [\"--untaken-lifetime=1h\"]", 7_200_100, "2 hours")]
    [InlineData("    args: [\"--untaken-lifetime=0\"]", 3_599_900, null)]
    [InlineData("    args: [\"--untaken-lifetime=0\"]", 3_600_100, "60 minutes")]
    public async Task Files_that_nobody_takes_are_named(string settings, int ageMs, string? age)
    {
        using var node = DoctorNode.Kubeadm(NodeClock.Standing())
            .Change(DoctorNode.KubeadmConfig, "defaultCacheDuration: \"0s\"", $"defaultCacheDuration: \"0s\"\n{settings}");

        var findings = await CheckAsync(node, "/etc/crio/auth", $"{Slot}.json", ageMs);

        Has(findings, "stale-auth-files", age is null ? null : $"{Slot}.json, {age} old", "none for long");
    }

    [Theory]
    [InlineData(599_900, false)]
    [InlineData(600_100, true)]
    public async Task A_file_of_a_pull_that_ended_long_ago_is_found_in_use(int ageMs, bool isStale)
    {
        using var node = DoctorNode.Kubeadm(NodeClock.Standing());
        var name = $"{Slot}-00000000-0000-0000-0000-000000000000.json";

        var findings = await CheckAsync(node, "/etc/crio/auth/in-use", name, ageMs);

        Has(findings, "stale-in-use", isStale ? $"{name}, 10 minutes old" : null, "no file of an ended pull");
    }

    private static void Has(Findings findings, string id, string? item, string well)
    {
        var found = item is null ? findings.Has(id, "ok", well) : findings.Has(id, "warning", "with credentials in them");
        Assert.Equal(item is null ? [] : [item], found.GetProperty("items").EnumerateArray().Select(i => i.GetString()!));
    }

    /// <summary>Two files are written, one of them no auth file; then time passes.</summary>
    private static async Task<Findings> CheckAsync(DoctorNode node, string directory, string name, int ageMs)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var path = Directory.CreateDirectory(node.Root + directory, ownerOnly).FullName;
        await File.WriteAllTextAsync(Path.Combine(path, name), "{}");
        await File.WriteAllTextAsync(Path.Combine(path, "notes.txt"), "");
        node.Clock!.Step(TimeSpan.FromMilliseconds(ageMs));
        return await node.CheckAsync();
    }
}
