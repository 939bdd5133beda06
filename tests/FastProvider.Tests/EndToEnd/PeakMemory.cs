using System.Globalization;

namespace FastProvider.Tests.EndToEnd;

/// <summary>The most memory that a run has had.</summary>
internal static class PeakMemory
{
    /// <summary>
    /// Waits until the process has slept for a while without using its processor, as it waits for us, and says its peak in kB.
    /// </summary>
    public static async Task<int> OfIdleAsync(int id)
    {
        var (before, since) = ("", 0);
        for (var turn = 0; since < 5 && turn < 3000; turn++)
        {
            // State, then user and system time, behind the name in parentheses (proc_pid_stat(5), fields 3, 14 and 15).
            var fields = (await File.ReadAllTextAsync($"/proc/{id}/stat")).Split(") ")[1].Split(' ');
            var now = $"{fields[0]} {fields[11]} {fields[12]}";
            since = now == before && fields[0] == "S" ? since + 1 : 0;
            before = now;
            await Task.Delay(20);
        }

        var line = File.ReadLines($"/proc/{id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
