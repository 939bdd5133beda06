using System;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>What the process asks for itself: who it is, no core dumps, its limits, which signals may end it.</content>
internal static unsafe partial class Libc
{
    private const int SIG_BLOCK = 0;
    private const int SignalSetBytes = 128;

    private const int PR_SET_DUMPABLE = 4, RLIMIT_DATA = 2, RLIMIT_CORE = 4, RLIMIT_NOFILE = 7, RLIMIT_AS = 9;
    private const int SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGXFSZ = 25;
    private const nint SIG_IGN = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Soft, Hard;
    }

    [DllImport("libc")]
    public static extern int getpid();

    [DllImport("libc")]
    public static extern int getppid();

    [DllImport("libc")]
    public static extern uint geteuid();

    [DllImport("libc")]
    public static extern void _exit(int status);

    [DllImport(Lazily)]
    private static extern int sigprocmask(int how, ulong* signals, ulong* old);

    [DllImport(Lazily)]
    private static extern int sigtimedwait(ulong* signals, void* information, TimeSpec* timeout);

    [DllImport("libc")]
    private static extern int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [DllImport("libc")]
    private static extern int setrlimit(int resource, ResourceLimit* limit);

    [DllImport("libc")]
    private static extern int getrlimit(int resource, ResourceLimit* limit);

    [DllImport("libc")]
    private static extern nint signal(int number, nint handler);

    [DllImport(Lazily)]
    private static extern int isatty(int fd);

    [DllImport(Lazily)]
    private static extern nint syscall(nint number, nint argument1, nint argument2, nint argument3);

    [DllImport(Lazily)]
    public static extern uint alarm(uint seconds);

    [DllImport(Lazily)]
    private static extern int getsid(int pid);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }

    private static int SeccompNumber => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 277 : 317;

    /// <summary>Whether the kernel can end a process for a call.</summary>
    public static bool KnowsCallFilters()
    {
        const int getActionAvailable = 2; // SECCOMP_GET_ACTION_AVAIL
        var endProcess = 0x8000_0000u; // SECCOMP_RET_KILL_PROCESS
        return syscall(SeccompNumber, getActionAvailable, 0, (nint)(&endProcess)) == 0;
    }

    /// <summary>Has the kernel look at each call of all threads, and of what they start (seccomp(2)).</summary>
    /// <param name="program">The instructions.</param>
    /// <param name="length">How many.</param>
    /// <returns>Why it does not.</returns>
    public static Errno FilterCalls(ulong* program, ushort length)
    {
        const int setNoNewPrivileges = 38, setModeFilter = 1; // PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER
        const nint allThreads = 1; // SECCOMP_FILTER_FLAG_TSYNC
        var filter = new FilterProgram { Length = length, Instructions = program };
        if (prctl(setNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return Errno;
        }

        var taken = syscall(SeccompNumber, setModeFilter, allThreads, (nint)(&filter));
        // A positive answer is a thread that could not follow: one that has another filter.
        return taken == 0 ? Errno.None : taken > 0 ? Errno.EINVAL : Errno;
    }

    /// <summary>
    /// SIGTERM and SIGINT end the process at once from here on, also as the first process of a container, to which the kernel
    /// sends no signal that has no handler. The handler is the C library's _exit: managed code cannot be one.
    /// </summary>
    public static void EndAtTermination()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "_exit", out var exit))
        {
            _ = signal(SIGTERM, exit);
            _ = signal(SIGINT, exit);
        }
    }

    /// <summary>Waits, unless SIGTERM or SIGINT comes.</summary>
    /// <returns>True if one came.</returns>
    public static bool WaitForTermination(TimeSpan time)
    {
        var signals = stackalloc ulong[SignalSetBytes / sizeof(ulong)];
        signals[0] = (1ul << (SIGTERM - 1)) | (1ul << (SIGINT - 1));
        var rest = new TimeSpec
        {
            Seconds = (long)time.TotalSeconds,
            Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        // Blocked in this thread, which then waits for them; another thread of the runtime would run the handler.
        _ = sigprocmask(SIG_BLOCK, signals, null);
        return sigtimedwait(signals, null, &rest) > 0;
    }

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

    /// <summary>
    /// How much memory the process may have by its limits (setrlimit(2)); the largest number if there are none.
    /// </summary>
    public static long MemoryLimitBytes()
    {
        ResourceLimit data, all;
        var isKnown = getrlimit(RLIMIT_DATA, &data) == 0 & getrlimit(RLIMIT_AS, &all) == 0;
        return isKnown ? (long)ulong.Min(ulong.Min(data.Soft, all.Soft), long.MaxValue) : long.MaxValue;
    }

    /// <summary>How many files the process may have open at once.</summary>
    public static int FileLimit()
    {
        ResourceLimit files;
        return getrlimit(RLIMIT_NOFILE, &files) == 0 ? (int)nuint.Min(files.Soft, int.MaxValue) : int.MaxValue;
    }

    /// <summary>
    /// As many files as root of the node lets it have: what systemd sets at first is for programs that use select(2).
    /// </summary>
    public static void RaiseFileLimit()
    {
        ResourceLimit files;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        {
            files.Soft = files.Hard;
            _ = setrlimit(RLIMIT_NOFILE, &files);
        }
    }

    /// <summary>
    /// A peer that has gone and a limit of the file size (RLIMIT_FSIZE), which files in memory and standard error have, too, are
    /// then error numbers of the call, not the end of the process.
    /// </summary>
    public static void IgnoreFailedWrites()
    {
        _ = signal(SIGPIPE, SIG_IGN);
        _ = signal(SIGXFSZ, SIG_IGN);
    }

    /// <summary>
    /// From here on the process ends by itself in a moment, and a file that it has begun must not stay half done.
    /// </summary>
    public static void IgnoreTermination()
    {
        _ = signal(SIGTERM, SIG_IGN);
        _ = signal(SIGINT, SIG_IGN);
        _ = signal(SIGHUP, SIG_IGN);
    }

    public static bool IsSessionLeader() => getsid(0) == getpid();

    /// <summary>The environment as the process has it.</summary>
    public static VariableList Variables =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "environ", out var environment)
            ? new VariableList(*(byte***)environment) : default;

    /// <summary>Each is <c>NAME=value</c>.</summary>
    public ref struct VariableList(byte** next)
    {
        private byte** _next = next;

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly VariableList GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next is null || *_next is null)
            {
                return false;
            }

            Current = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*_next++);
            return true;
        }
    }
}
