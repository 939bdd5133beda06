using System;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>The file of this program, where another version has its name by now: an upgrade under a process that runs.</summary>
internal static class ReplacedProgram
{
    private const int PathLimitBytes = 4096;

    /// <summary>What proc(5) says behind the path of a file that was removed or renamed over.</summary>
    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <summary>Whether there is one.</summary>
    public static bool IsThere => Path() is not null;

    /// <summary>Goes on as that program, with this one's command line. Descriptors that were handed over go with it.</summary>
    /// <returns>It returns only if it cannot.</returns>
    public static void Become()
    {
        if (Path() is { } path && ProcessCommandLine.Of("self") is { } words)
        {
            _ = Libc.Become(path, words);
        }
    }

    private static string? Path()
    {
        Span<byte> buffer = stackalloc byte[PathLimitBytes];
        var length = Libc.ReadLink("/proc/self/exe\0"u8, buffer);
        if (length <= Deleted.Length || !buffer[..length].EndsWith(Deleted))
        {
            return null;
        }

        var path = Encoding.UTF8.GetString(buffer[..(length - Deleted.Length)]);
        return Libc.StatusOfTarget(FileBytes.NulTerminated(path), out var status) == 0 && status.Kind == Libc.S_IFREG
            ? path
            : null;
    }
}
