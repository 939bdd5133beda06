using System.Security.Cryptography;
using System.Text.Json;
using FastProvider.Tests.Clock;
using FastProvider.Tests.Slot;

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

        Shows(
            age is null
                ? findings.Has("stale-auth-files", "ok", "none for long")
                : findings.Has("stale-auth-files", "warning", "with credentials in them"),
            age is null ? [] : [$"{Slot}.json, {age} old"]);
    }

    /// <summary>The lifetime of what an agent keeps does not run while other pulls are under way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_an_agent_keeps_may_be_old(bool isHeld)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using var node = DoctorNode.Kubeadm(NodeClock.Standing());
        var locks = Directory.CreateDirectory($"{node.Root}/run/fast-provider", ownerOnly).FullName;
        var digest = Convert.ToHexStringLower(SHA256.HashData("/etc/crio/auth"u8));
        using var slotLock = HeldLock.Take($"{locks}/{Slot}-{digest[..8]}.lock", FileMode.CreateNew);
        if (!isHeld)
        {
            slotLock.Dispose();
        }

        var findings = await CheckAsync(node, "/etc/crio/auth", $"{Slot}.json", 600_100);

        findings.Has("stale-auth-files", isHeld ? "ok" : "warning", isHeld ? "none for long" : "with credentials in them");
    }

    [Theory]
    [InlineData(599_900, false)]
    [InlineData(600_100, true)]
    public async Task A_file_of_a_pull_that_ended_long_ago_is_found_in_use(int ageMs, bool isStale)
    {
        using var node = DoctorNode.Kubeadm(NodeClock.Standing());
        var name = $"{Slot}-00000000-0000-0000-0000-000000000000.json";

        var findings = await CheckAsync(node, "/etc/crio/auth/in-use", name, ageMs);

        Shows(
            isStale
                ? findings.Has("stale-in-use", "warning", "with credentials in them")
                : findings.Has("stale-in-use", "ok", "no file of an ended pull"),
            isStale ? [$"{name}, 10 minutes old"] : []);
    }

    private static void Shows(JsonElement finding, string[] items) =>
        Assert.Equal(items, finding.GetProperty("items").EnumerateArray().Select(item => item.GetString()!));

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
