using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>What the process asks for itself: no core dumps, and which signals may end it.</content>
internal static unsafe partial class Libc
{
    private const int PR_SET_DUMPABLE = 4, RLIMIT_CORE = 4;
    private const int SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGXFSZ = 25;
    private const nint SIG_IGN = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Soft, Hard;
    }

    [DllImport("libc")]
    private static extern int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [DllImport("libc")]
    private static extern int setrlimit(int resource, ResourceLimit* limit);

    [DllImport("libc")]
    private static extern nint signal(int number, nint handler);

    [DllImport(Lazily)]
    private static extern int isatty(int fd);

    /// <summary>Whether a person sees at once what is written there.</summary>
    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    /// <summary>
    /// No core dump, as it would hold the token and the credentials. The limit is for the file of core(5); a program that
    /// core_pattern pipes to does not go by it, but gets nothing of a process that is not dumpable (prctl(2)). Other users cannot
    /// trace it or read its memory then, either.
    /// </summary>
    public static void ForbidCoreDumps()
    {
        _ = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        var none = default(ResourceLimit);
        _ = setrlimit(RLIMIT_CORE, &none);
    }

    /// <summary>A peer that has gone is then an error number of the call, not the end of the process.</summary>
    public static void IgnoreBrokenPipes() => _ = signal(SIGPIPE, SIG_IGN);

    /// <summary>
    /// From here on the process ends by itself in a moment, and a file that it has begun must not stay half done. A limit of the
    /// file size is then an error number of the write.
    /// </summary>
    public static void IgnoreTermination()
    {
        _ = signal(SIGTERM, SIG_IGN);
        _ = signal(SIGINT, SIG_IGN);
        _ = signal(SIGHUP, SIG_IGN);
        _ = signal(SIGXFSZ, SIG_IGN);
    }
}
