using System.Globalization;
using System.Text.Json.Nodes;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What the processes that write Events have told the API server, and what they keep of it on the node.</summary>
internal static class ToldEvents
{
    public const string EventsPath = "/apis/events.k8s.io/v1/namespaces/team-a/events";

    // Far beyond what the process that writes may take: only a hang meets it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static List<ReceivedRequest> Writes(PullScene scene) =>
        [.. scene.Server.Requests.All.Where(r => r.Path.StartsWith(EventsPath, StringComparison.Ordinal))];

    public static async Task<IReadOnlyList<JsonObject>> EventsAsync(PullScene scene, int count)
    {
        await WaitAsync(() => scene.Server.Cluster.Events.Count >= count);
        var signature = scene.Token!.Split('.')[2];
        Assert.All(
            scene.Server.Cluster.Events, e => Assert.DoesNotContain(signature, e.ToJsonString(), StringComparison.Ordinal));
        return scene.Server.Cluster.Events;
    }

    /// <summary>Waits until an Event counts: a try is kept before it is told.</summary>
    public static Task SeriesAsync(PullScene scene) =>
        WaitAsync(() => scene.Server.Cluster.Events.Any(e => e["series"] is not null));

    /// <summary>Waits until what is kept of the pod's one reason is as expected.</summary>
    public static Task StateAsync(PullScene scene, Func<(long TriedAt, int Count), bool> isExpected) => WaitAsync(() =>
        StateFile(scene) is { } path && ReadUnlocked(path).Split(' ') is [var triedAt, var count, _]
        && isExpected((long.Parse(triedAt, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture))));

    /// <summary>Empty while a process holds its lock.</summary>
    public static string ReadUnlocked(string path)
    {
        using var held = HeldLock.TryTake(path);
        return held is null ? "" : File.ReadAllText(path);
    }

    public static Task WriteUnlockedAsync(string path, string text) => WaitAsync(() =>
    {
        using var held = HeldLock.TryTake(path);
        if (held is not null)
        {
            File.WriteAllText(path, text);
        }

        return held is not null;
    });

    public static bool IsRecent(long unixMs) =>
        DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(unixMs) < TimeSpan.FromSeconds(90);

    public static string? StateFile(PullScene scene)
    {
        var directory = Path.Combine(scene.Node.LockDir, "events");
        return Directory.Exists(directory) ? Directory.EnumerateFiles(directory).SingleOrDefault() : null;
    }

    /// <summary>As if what was told had been told two minutes earlier.</summary>
    public static async Task AgeAsync(string stateFile)
    {
        var text = "";
        await WaitAsync(() => (text = ReadUnlocked(stateFile)).Length > 0);
        var words = text.Split(' ');
        words[0] = (long.Parse(words[0], CultureInfo.InvariantCulture) - 120_000).ToString(CultureInfo.InvariantCulture);
        await WriteUnlockedAsync(stateFile, string.Join(' ', words));
    }

    public static async Task WaitAsync(Func<bool> isSo)
    {
        var end = DateTime.UtcNow + Patience;
        while (!isSo())
        {
            Assert.True(DateTime.UtcNow < end, "What was waited for did not come.");
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until no process of the node writes an Event.</summary>
    public static Task EndAsync(PullScene scene) =>
        WaitAsync(() => !Directory.EnumerateDirectories("/proc").Any(process => IsWriting(process, scene)));

    private static bool IsWriting(string process, PullScene scene)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Split('\0') is [_, "--internal-pod-event", .. var flags]
                && flags.Contains(scene.Node.LockDir);
        }
        catch (IOException)
        {
            return false; // no process, or one that has just ended
        }
    }
}
