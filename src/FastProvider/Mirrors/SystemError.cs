using System;
using System.Runtime.InteropServices;
using System.Text;

namespace FastProvider.Mirrors;

/// <summary>The error of the last system call of this thread.</summary>
internal static class SystemError
{
    // Numbers of Linux, the same on every architecture: errno-base.h.
    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int IsDirectory = 21;

    /// <summary>Whether nothing is there under that path. A file in place of a directory on the way is another error.</summary>
    public static bool LastIsMissing => Marshal.GetLastPInvokeError() == NoEntry;

    /// <summary>Whether a signal came in between and the call is to be made again.</summary>
    public static bool LastIsInterrupted => Marshal.GetLastPInvokeError() == Interrupted;

    /// <summary>Whether a directory is there in place of a file.</summary>
    public static bool LastIsDirectory => Marshal.GetLastPInvokeError() == IsDirectory;

    /// <summary>Says what could not be done with <paramref name="path"/> (UTF-8 with a final NUL), and why.</summary>
    public static Failure Failure(string what, ReadOnlySpan<byte> path) =>
        new($"{what} {Encoding.UTF8.GetString(path[..^1])}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
