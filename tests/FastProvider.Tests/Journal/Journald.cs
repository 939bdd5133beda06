using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastProvider.Journal;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Journal;

/// <summary>
/// A real systemd-journald in a mount namespace whose <c>/run</c> is its own, so that it listens where the plugin looks and
/// nothing of this machine's journal is touched. Needs root, as unshare(2) does.
/// </summary>
internal sealed class Journald : IAsyncDisposable
{
    private const string Socket = "/run/systemd/journal/socket";

    private readonly Process _process;

    private Journald(Process process) => _process = process;

    public static async Task<Journald> StartAsync()
    {
        Assert.True(
            File.Exists("/lib/systemd/systemd-journald"), "systemd-journald is missing; tests/install.sh names its package.");
        var journald = new Journald(Process.Start(new ProcessStartInfo("unshare", [
            "--mount", "sh", "-ec",
            "mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/journal /run/log/journal; exec /lib/systemd/systemd-journald"])
        {
            RedirectStandardError = true,
        })!);
        _ = journald._process.StandardError.ReadToEndAsync();
        var socket = $"/proc/{journald._process.Id}/root{Socket}";
        for (var i = 0; !File.Exists(socket) && i < 600; i++)
        {
            Assert.False(journald._process.HasExited, "systemd-journald did not start; unshare and mount need root.");
            await Task.Delay(50);
        }

        return journald;
    }

    /// <summary>A program's arguments behind nsenter, so that it runs where this journal is.</summary>
    public string[] Inside(string program, IEnumerable<string> arguments) =>
        ["--mount", "--target", $"{_process.Id}", "--", program, .. arguments];

    /// <summary>A pull whose line goes to this journal.</summary>
    public async Task<PluginRun> PullAsync(PullScene scene, KubeletRequest request, params string[] more)
    {
        var run = await scene.PullAsync(request, Inside(Plugin.Binary, scene.Arguments(more)), binary: "/usr/bin/nsenter");
        scene.RevealsNothing(await JournalctlAsync("-o", "export"));
        return run;
    }

    /// <summary>What journalctl prints with these arguments, once all that was sent is written.</summary>
    public async Task<string> JournalctlAsync(params string[] arguments)
    {
        await RunAsync("--sync");
        return Encoding.UTF8.GetString(await RunAsync(arguments));
    }

    /// <summary>
    /// The fields of the entries that match, in their order; a field that is there more than once has more values.
    /// </summary>
    public async Task<List<Dictionary<string, string[]>>> EntriesAsync(params string[] matches) =>
        [
            .. (await JournalctlAsync(["-o", "json", "--all", .. matches]))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Fields)
        ];

    /// <summary>The entries that match, as journalctl exports them.</summary>
    public async Task<byte[]> ExportAsync(params string[] matches)
    {
        await RunAsync("--sync");
        return await RunAsync(["-o", "export", .. matches]);
    }

    /// <summary>An entry of this process.</summary>
    public void Send(EntryFiller fill)
    {
        var entry = new JournalEntry(JournalPriority.Information, []);
        fill(ref entry);
        Assert.True(entry.Send(Encoding.UTF8.GetBytes($"/proc/{_process.Id}/root{Socket}")));
        entry.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Adds the fields of an entry.</summary>
    public delegate void EntryFiller(ref JournalEntry entry);

    private async Task<byte[]> RunAsync(params string[] arguments)
    {
        var run = await Plugin.RunAsync(Inside("journalctl", ["--no-pager", .. arguments]), [], binary: "/usr/bin/nsenter");
        Assert.True(run.ExitCode == 0, $"journalctl ended with {run.ExitCode}: {run.Stderr}");
        return run.Stdout;
    }

    private static Dictionary<string, string[]> Fields(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.EnumerateObject().ToDictionary(
            field => field.Name,
            field => field.Value.ValueKind is JsonValueKind.Array
                && field.Value.EnumerateArray().All(v => v.ValueKind is JsonValueKind.String)
                ? field.Value.EnumerateArray().Select(v => v.GetString()!).ToArray()
                : [field.Value.ValueKind is JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()]);
    }
}
