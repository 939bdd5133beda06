using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>The figures as a Markdown table, for docs/performance.md and the terminal.</summary>
internal static class Table
{
    public static string Write(IReadOnlyList<Summary> summaries, Machine machine, LauncherOptions options, string mounts)
    {
        var text = new StringBuilder("# Whole processes\n\n");
        text.Append(machine.ToMarkdown()).Append("\n- ").Append(CultureInfo.InvariantCulture,
            $"{options.Rounds} rounds in turn after {options.Warmup} of warm-up; contenders on CPUs of "
            + $"mask 0x{options.CpuMask:x},"
            + $" the API server (loopback, TLS 1.3) on CPU {ServerProcess.Cpu} in a process of its own\n");
        text.Append("- ").Append(mounts).Append('\n');
        foreach (var (name, binary) in options.Builds)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(binary)));
            text.Append(CultureInfo.InvariantCulture,
                $"- build `{name}`: {new FileInfo(binary).Length:N0} bytes, SHA-256 {digest[..16]}\n");
        }

        text.Append("- the plugin is told CRI-O's directory and the node's auth file by flags, so it does not look for CRI-O's"
            + " process\n\n");
        text.Append("Wall time in ms from vfork to wait4; the rest are medians. The last column is the median of the rounds' own"
            + " ratios.\n\n");
        text.Append("| what | who | min | median | p95 | CPU ms | page faults | peak MB | switches | wall (CPU) by that of |\n");
        text.Append("|---|---|--:|--:|--:|--:|--:|--:|--:|---|\n");
        foreach (var s in summaries)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {s.Contender.Group} | `{s.Contender.Name}` {s.Contender.Work} | {s.MinMs:F2} | {s.MedianMs:F2} | "
                    + $"{s.P95Ms:F2} | {s.CpuMs:F2} | {s.Faults:F0} | {s.PeakMb:F1} | {s.Switches:F0} |");
            text.Append(' ').AppendJoin(", ", s.Ratios.Select(r =>
                string.Create(CultureInfo.InvariantCulture, $"{r.Wall:F2} ({r.Cpu:F2}) {r.Name}"))).Append(" |\n");
        }

        return text.ToString();
    }
}
