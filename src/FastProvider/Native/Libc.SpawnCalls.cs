using System;
using System.Runtime.InteropServices;
using System.Text;

namespace FastProvider.Native;

/// <content>Other processes: one that goes on when this one has ended, and one whose output is read.</content>
internal static unsafe partial class Libc
{
    private const short POSIX_SPAWN_SETPGROUP = 0x02, POSIX_SPAWN_SETSIGDEF = 0x04, POSIX_SPAWN_SETSID = 0x80;

    private const int WNOHANG = 1;

    /// <summary>More than glibc's posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80) take.</summary>
    private const int OpaqueBytes = 512;

    /// <summary>What shells add to the number of a signal. No exit status of ours is as large.</summary>
    public const int FirstSignalStatus = 128;

    [DllImport(Lazily)]
    private static extern int posix_spawn(
        int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [DllImport(Lazily)]
    private static extern int posix_spawnp(
        int* pid, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [DllImport(Lazily)]
    private static extern int execv(byte* path, byte** arguments);

    [DllImport(Lazily)]
    private static extern int pipe2(int* ends, int flags);

    [DllImport(Lazily)]
    private static extern int waitpid(int pid, int* status, int options);

    [DllImport(Lazily)]
    private static extern int kill(int pid, int signal);

    [DllImport(Lazily)]
    private static extern int posix_spawnattr_init(void* attributes);

    [DllImport(Lazily)]
    private static extern int posix_spawnattr_setflags(void* attributes, short flags);

    [DllImport(Lazily)]
    private static extern int posix_spawnattr_setsigdefault(void* attributes, ulong* signals);

    [DllImport(Lazily)]
    private static extern int posix_spawn_file_actions_init(void* actions);

    [DllImport(Lazily)]
    private static extern int posix_spawn_file_actions_adddup2(void* actions, int fd, int target);

    [DllImport(Lazily)]
    private static extern int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, uint mode);

    [DllImport(Lazily)]
    private static extern int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    /// <summary>
    /// Starts a process in a session of its own, with the environment of this one. Its standard input is the descriptor given,
    /// its output goes nowhere, and it has no other descriptor. Nobody has to wait for it.
    /// </summary>
    /// <returns>None, or the error number.</returns>
    public static Errno SpawnDetached(string path, string[] arguments, int input, out int pid)
    {
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        fixed (byte* nowhere = "/dev/null\0"u8)
        {
            _ = posix_spawn_file_actions_init(actions);
            _ = posix_spawn_file_actions_adddup2(actions, input, 0);
            _ = posix_spawn_file_actions_addopen(actions, 1, nowhere, O_WRONLY, 0);
            _ = posix_spawn_file_actions_addopen(actions, 2, nowhere, O_WRONLY, 0);
            _ = posix_spawn_file_actions_addclosefrom_np(actions, 3);
            InitWithSignals(attributes, POSIX_SPAWN_SETSID);
            return Spawn(&posix_spawn, path, arguments, actions, attributes, out pid);
        }
    }

    /// <summary>
    /// Starts a program that is looked up in PATH, with the environment of this one. Its standard input is empty, its standard
    /// error goes nowhere or where its output goes, and it has no other descriptor but the one that its output comes from.
    /// </summary>
    /// <returns>None, or the error number.</returns>
    public static Errno SpawnPiped(string program, string[] arguments, bool withErrors, out int pid, out int output)
    {
        pid = 0;
        output = -1;
        var ends = stackalloc int[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
        {
            return Errno;
        }

        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        Errno errno;
        fixed (byte* nowhere = "/dev/null\0"u8)
        {
            _ = posix_spawn_file_actions_init(actions);
            _ = posix_spawn_file_actions_addopen(actions, 0, nowhere, O_RDONLY, 0);
            _ = posix_spawn_file_actions_adddup2(actions, ends[1], 1);
            _ = withErrors
                ? posix_spawn_file_actions_adddup2(actions, ends[1], 2)
                : posix_spawn_file_actions_addopen(actions, 2, nowhere, O_WRONLY, 0);
            _ = posix_spawn_file_actions_addclosefrom_np(actions, 3);
            InitWithSignals(attributes, 0);
            errno = Spawn(&posix_spawnp, program, arguments, actions, attributes, out pid);
        }

        Close(ends[1]);
        if (errno != 0)
        {
            Close(ends[0]);
        }

        output = errno == 0 ? ends[0] : -1;
        return errno;
    }

    /// <summary>
    /// Starts a program in a process group of its own, which is named by its number. Its standard input is a question, its
    /// standard error goes nowhere, and it has no other descriptor but the one that its output comes from.
    /// </summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">With its name.</param>
    /// <param name="environment">All of its variables, each as NAME=VALUE.</param>
    /// <param name="question">No longer than a pipe holds (64 KiB), so that nobody has to wait for it to be read.</param>
    /// <param name="pid">Its number.</param>
    /// <param name="output">What it writes.</param>
    /// <returns>None, or the error number.</returns>
    public static Errno SpawnAsked(
        string path, string[] arguments, string[] environment, ReadOnlySpan<byte> question, out int pid, out int output)
    {
        pid = 0;
        output = -1;
        int* input = stackalloc int[2], ends = stackalloc int[2];
        if (pipe2(input, O_CLOEXEC) != 0)
        {
            return Errno;
        }

        if (pipe2(ends, O_CLOEXEC) != 0)
        {
            var none = Errno;
            Close(input[0]);
            Close(input[1]);
            return none;
        }

        _ = WriteAll(input[1], question);
        Close(input[1]);
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        Errno errno;
        var strings = JoinNul(environment);
        fixed (byte* nowhere = "/dev/null\0"u8, variables = strings)
        fixed (nint* variableList = Pointers(variables, strings))
        {
            _ = posix_spawn_file_actions_init(actions);
            _ = posix_spawn_file_actions_adddup2(actions, input[0], 0);
            _ = posix_spawn_file_actions_adddup2(actions, ends[1], 1);
            _ = posix_spawn_file_actions_addopen(actions, 2, nowhere, O_WRONLY, 0);
            _ = posix_spawn_file_actions_addclosefrom_np(actions, 3);
            InitWithSignals(attributes, POSIX_SPAWN_SETPGROUP);
            errno = Spawn(&posix_spawn, path, arguments, actions, attributes, (byte**)variableList, out pid);
        }

        Close(input[0]);
        Close(ends[1]);
        if (errno != 0)
        {
            Close(ends[0]);
        }

        output = errno == 0 ? ends[0] : -1;
        return errno;
    }

    /// <summary>Whether a process that was started here has ended.</summary>
    /// <param name="pid">Its number, which is free for others then.</param>
    /// <param name="status">As <see cref="End"/> returns it.</param>
    public static bool HasEnded(int pid, out int status)
    {
        int raw;
        var ended = waitpid(pid, &raw, WNOHANG);
        status = ended == pid ? StatusOf(raw) : 0;
        return ended == pid;
    }

    /// <summary>Ends a process and all that it has started, as far as they stayed in its group.</summary>
    public static void KillGroup(int pid) => _ = kill(-pid, SIGKILL);

    /// <summary>Ends another process at once.</summary>
    public static bool Kill(int pid) => kill(pid, SIGKILL) == 0;

    /// <summary>Goes on as another program, with the environment of this one.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">With its name.</param>
    /// <returns>Why it cannot; it returns for no other reason.</returns>
    public static Errno Become(string path, string[] arguments)
    {
        var strings = JoinNul(arguments);
        fixed (byte* pathStart = FileBytes.NulTerminated(path), argumentsStart = strings)
        fixed (nint* argumentList = Pointers(argumentsStart, strings))
        {
            _ = execv(pathStart, (byte**)argumentList);
            return Errno;
        }
    }

    /// <summary>Waits for the end of a process that was started here; kills it before, if it is to end now.</summary>
    /// <returns>Its exit status, or 128 and the number of the signal that ended it.</returns>
    public static int End(int pid, bool now)
    {
        if (now)
        {
            _ = kill(pid, SIGKILL);
        }

        int status;
        while (waitpid(pid, &status, 0) < 0 && Errno is Errno.EINTR)
        {
        }

        return StatusOf(status);
    }

    /// <summary>WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2).</summary>
    private static int StatusOf(int raw) => (raw & 0x7F) == 0 ? (raw >> 8) & 0xFF : FirstSignalStatus + (raw & 0x7F);

    /// <summary>Whether a signal ended a process, but none that tells it to end.</summary>
    /// <param name="status">What <see cref="End"/> returned.</param>
    public static bool IsKilled(int status) => status > FirstSignalStatus && status != FirstSignalStatus + SIGTERM;

    /// <summary>What this process ignores by now the other should not. No destroy: the memory is the caller's stack.</summary>
    private static void InitWithSignals(byte* attributes, short flags)
    {
        var signals = stackalloc ulong[SignalSetBytes / sizeof(ulong)];
        signals[0] = (1ul << (SIGHUP - 1)) | (1ul << (SIGINT - 1)) | (1ul << (SIGTERM - 1)) | (1ul << (SIGPIPE - 1))
            | (1ul << (SIGXFSZ - 1));
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        _ = posix_spawnattr_setflags(attributes, (short)(flags | POSIX_SPAWN_SETSIGDEF));
    }

    /// <summary>With the environment of this process.</summary>
    private static Errno Spawn(
        delegate*<int*, byte*, void*, void*, byte**, byte**, int> spawn, string path, string[] arguments,
        byte* actions, byte* attributes, out int pid)
    {
        pid = 0;
        return NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "environ", out var environment)
            ? Spawn(spawn, path, arguments, actions, attributes, *(byte***)environment, out pid)
            : Errno.ENOENT;
    }

    private static Errno Spawn(
        delegate*<int*, byte*, void*, void*, byte**, byte**, int> spawn, string path, string[] arguments,
        byte* actions, byte* attributes, byte** environment, out int pid)
    {
        pid = 0;
        var strings = JoinNul(arguments);
        fixed (byte* pathStart = FileBytes.NulTerminated(path), argumentsStart = strings)
        fixed (nint* argumentList = Pointers(argumentsStart, strings))
        fixed (int* started = &pid)
        {
            return (Errno)spawn(started, pathStart, actions, attributes, (byte**)argumentList, environment);
        }
    }

    private static byte[] JoinNul(string[] strings) => Encoding.UTF8.GetBytes(string.Join('\0', strings) + '\0');

    /// <summary>Where each NUL-terminated string begins, and a final null.</summary>
    private static nint[] Pointers(byte* start, ReadOnlySpan<byte> strings)
    {
        var pointers = new nint[strings.Count((byte)0) + 1];
        var at = 0;
        for (var i = 0; i < pointers.Length - 1; i++)
        {
            pointers[i] = (nint)(start + at);
            at += strings[at..].IndexOf((byte)0) + 1;
        }

        return pointers;
    }
}
