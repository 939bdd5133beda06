using System.Text;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>How a process was started (proc_pid_cmdline(5)).</summary>
internal static class ProcessCommandLine
{
    private const int LimitBytes = 64 * 1024;

    /// <param name="process">Its number, or <c>self</c>.</param>
    /// <returns>Its words; null if they cannot be read.</returns>
    public static string[]? Of(string process)
    {
        var fault = FileBytes.Read($"/proc/{process}/cmdline", LimitBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone ? Encoding.UTF8.GetString(bytes.Span).TrimEnd('\0').Split('\0') : null;
        }
    }
}
