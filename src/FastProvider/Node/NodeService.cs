using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// A service of the node, the kubelet or CRI-O: what it was started with. That is what its process says; where it does not run,
/// what its unit would start. Pods run on the node, too, and may name their programs as they like: only a process that root
/// started outside of every container is believed.
/// </summary>
internal sealed class NodeService
{
    private const int LimitBytes = 1024 * 1024;

    /// <summary>A larger program is no script.</summary>
    private const int ScriptLimitBytes = 1024 * 1024;

    /// <summary>USER_HZ, in which /proc counts time: 100 on every architecture of ours (proc(5)).</summary>
    private const int TicksPerSecond = 100;

    private const long LastSecond = 253_402_300_799; // of the year 9999

    private NodeService(string name, string origin)
    {
        Name = name;
        Origin = origin;
    }

    /// <summary>The name by which it was found.</summary>
    public string Name { get; }

    /// <summary>Where the rest is from, for people.</summary>
    public string Origin { get; }

    /// <summary>Null if it does not run.</summary>
    public int? ProcessId { get; private init; }

    /// <summary>
    /// The command line: the program and its arguments, without what starts it. Of a script that starts it, all of that.
    /// </summary>
    public string[] Arguments { get; private init; } = [];

    /// <summary>What can be asked for its version: a program that root alone can change; null if nothing can.</summary>
    public string? Executable { get; private init; }

    /// <summary>
    /// The name that it was started by, and the words behind it: a binary that is several programs goes by them. To be put before
    /// what it is asked.
    /// </summary>
    public string[] Invocation { get; private init; } = [];

    /// <summary>
    /// Why <see cref="Arguments"/> may not be all: a shell or a script adds some when the service starts. Words that follow "as";
    /// null if they are all.
    /// </summary>
    public string? HiddenArguments { get; private init; }

    /// <summary>Its unit is one that systemd refuses (<see cref="SystemdUnit.HasTooManyCommands"/>).</summary>
    public bool HasTooManyCommands { get; private init; }

    /// <summary>The files with variables that its unit names and that are not there.</summary>
    public IReadOnlyList<string> MissingFiles { get; private init; } = [];

    /// <summary>Its variables; empty also where they cannot be read.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>When its process began.</summary>
    public DateTime? StartedUtc { get; private init; }

    /// <summary>Finds it; null if neither a process nor a unit is there.</summary>
    /// <param name="files">The node.</param>
    /// <param name="units">The names of its units.</param>
    /// <param name="names">The names of programs that it may be, those that say most first.</param>
    public static NodeService? Find(NodeFiles files, ReadOnlySpan<string> units, ReadOnlySpan<string> names)
    {
        if (FromProcess(files, names) is { } running)
        {
            return running;
        }

        foreach (var unit in units)
        {
            if (FromUnit(files, unit, names) is { } stopped)
            {
                return stopped;
            }
        }

        return null;
    }

    /// <summary>
    /// Finds a service that runs, as cheaply as a pull may: by the control group of its unit, which systemd names; where there is
    /// none, by the names of all processes.
    /// </summary>
    /// <param name="files">The node.</param>
    /// <param name="unit">The name of its unit.</param>
    /// <param name="name">The name of its program.</param>
    /// <returns>Its command line and variables alone; null if it does not run.</returns>
    public static NodeService? FindRunning(NodeFiles files, string unit, string name)
    {
        foreach (var hierarchy in (ReadOnlySpan<string>)["/sys/fs/cgroup", "/sys/fs/cgroup/systemd"])
        {
            if (files.Read($"{hierarchy}/system.slice/{unit}/cgroup.procs", LimitBytes, out var members) is null
                && FirstNamed(files, Encoding.ASCII.GetString(members).Split('\n'), name) is { } member)
            {
                return member;
            }
        }

        return FirstNamed(files, files.Names("/proc"), name);
    }

    /// <summary>The last value of one of its flags.</summary>
    public string? Flag(string name) => GoFlags.Last(Arguments, name);

    private static NodeService? FromProcess(NodeFiles files, ReadOnlySpan<string> names)
    {
        var best = 2 * names.Length;
        var found = 0;
        string[] foundArguments = [];
        foreach (var entry in files.Names("/proc"))
        {
            if (!int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || files.Read($"/proc/{id}/comm", LimitBytes, out var comm) is not null
                || files.Read($"/proc/{id}/cmdline", LimitBytes, out var commandLine) is not null || commandLine.Length == 0)
            {
                continue;
            }

            var arguments = Encoding.UTF8.GetString(commandLine).TrimEnd('\0').Split('\0');
            var byProgram = names.IndexOf(BaseName(arguments[0]));
            var byName = names.IndexOf(Encoding.UTF8.GetString(comm).TrimEnd('\n'));
            // Of one name, a program says more than the script of the same name that started it.
            var rank = byProgram < 0 ? (2 * byName) + 1 : byName < 0 ? 2 * byProgram : Math.Min(2 * byProgram, (2 * byName) + 1);
            if (rank >= 0 && (rank < best || (rank == best && id < found)) && IsOfTheNode(files, id))
            {
                (best, found, foundArguments) = (rank, id, arguments);
            }
        }

        return found == 0 ? null : new NodeService(names[best / 2], $"process {found}")
        {
            ProcessId = found,
            Arguments = foundArguments,
            Invocation = InvocationOf(foundArguments, 0),
            HiddenArguments = IsShell(foundArguments[0]) ? $"process {found} is a script" : null,
            // What runs may have been replaced on the disk since.
            Executable = !IsShell(foundArguments[0]) && IsRootsAlone(files, $"/proc/{found}/exe") ? $"/proc/{found}/exe" : null,
            Environment = Variables(files, found),
            StartedUtc = Started(files, found),
        };
    }

    private static NodeService? FirstNamed(NodeFiles files, IEnumerable<string> ids, string name)
    {
        foreach (var entry in ids)
        {
            if (int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && files.Read($"/proc/{id}/comm", LimitBytes, out var comm) is null
                && Encoding.UTF8.GetString(comm).TrimEnd('\n') == name
                && files.Read($"/proc/{id}/cmdline", LimitBytes, out var commandLine) is null && commandLine.Length > 0
                && IsOfTheNode(files, id))
            {
                return new NodeService(name, $"process {id}")
                {
                    ProcessId = id,
                    Arguments = Encoding.UTF8.GetString(commandLine).TrimEnd('\0').Split('\0'),
                    Environment = Variables(files, id),
                };
            }
        }

        return null;
    }

    /// <summary>
    /// A process of root, and of no container: it counts ids and users as the first process does, and its cgroup is none of the
    /// kubelet's pods or of an engine. Where /proc does not say so (the file system of another node), nothing is asked or run,
    /// either.
    /// </summary>
    private static bool IsOfTheNode(NodeFiles files, int id)
    {
        if (files.Read($"/proc/{id}/status", LimitBytes, out var status) is null)
        {
            var lines = Encoding.UTF8.GetString(status).Split('\n');
            var users = Array.Find(lines, static line => line.StartsWith("Uid:", StringComparison.Ordinal)) ?? "";
            if (users.Split('\t') is not [_, "0", "0", "0", "0"])
            {
                return false;
            }
        }

        if (files.Read($"/proc/{id}/cgroup", LimitBytes, out var cgroup) is null)
        {
            var path = Encoding.UTF8.GetString(cgroup);
            if (path.Contains("kubepods", StringComparison.Ordinal) || path.Contains("/crio-", StringComparison.Ordinal)
                || path.Contains("libpod", StringComparison.Ordinal) || path.Contains("docker", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return IsSame(files, id, "pid") && IsSame(files, id, "user");
    }

    private static bool IsSame(NodeFiles files, int id, string space) =>
        files.Status($"/proc/1/ns/{space}", out var first) != 0
        || (files.Status($"/proc/{id}/ns/{space}", out var own) == 0 && own.Inode == first.Inode);

    private static NodeService? FromUnit(NodeFiles files, string name, ReadOnlySpan<string> names)
    {
        if (SystemdUnit.Find(files, name) is not { } unit)
        {
            return null;
        }

        var place = PlaceOf(files, unit.Arguments, names);
        var program = place >= 0 && IsRootsAlone(files, unit.Arguments[place]) ? unit.Arguments[place] : null;
        return new NodeService(name[..name.LastIndexOf('.')], unit.Path)
        {
            Arguments = place > 0 ? unit.Arguments[place..] : unit.Arguments,
            Executable = program,
            Invocation = program is null ? [] : InvocationOf(unit.Arguments, place),
            HiddenArguments = unit.IsShell ? $"{unit.Path} starts it by a shell"
                : place != 0 && unit.Arguments is [var starter, ..] && (place < 0 || !IsStarter(starter))
                    ? $"{unit.Path} starts it by {starter}"
                : unit.Hiding is { } hiding ? $"{unit.Path} {hiding}"
                : place >= 0 && IsScript(files, unit.Arguments[place]) ? $"{unit.Arguments[place]} is a script"
                : null,
            HasTooManyCommands = unit.HasTooManyCommands,
            MissingFiles = unit.MissingFiles,
            Environment = unit.Environment,
        };
    }

    /// <summary>
    /// Where the program stands on a command line: the first of its names that is a path and there, else a path, else a name.
    /// </summary>
    private static int PlaceOf(NodeFiles files, string[] arguments, ReadOnlySpan<string> names)
    {
        var (place, placeOfPath) = (-1, -1);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!names.Contains(BaseName(arguments[i])))
            {
                continue;
            }

            if (IsRootsAlone(files, arguments[i]))
            {
                return i;
            }

            place = place < 0 ? i : place;
            placeOfPath = placeOfPath < 0 && arguments[i].StartsWith('/') ? i : placeOfPath;
        }

        return placeOfPath < 0 ? place : placeOfPath;
    }

    /// <summary>
    /// Whether a program starts another with the arguments as they stand: it sets a priority, an environment, an output.
    /// </summary>
    private static bool IsStarter(string program) =>
        BaseName(program) is "env" or "nice" or "ionice" or "chrt" or "taskset" or "numactl"
        or "prlimit" or "setpriv" or "stdbuf" or "systemd-cat" or "systemd-inhibit"
        or "nsenter" or "unshare" or "kubenswrapper" or "kubensenter";

    /// <summary>
    /// Neither a kubelet nor CRI-O takes words before its flags, so those there are names of a program inside a larger one. What
    /// has a kubelet inside (k3s) is asked itself.
    /// </summary>
    private static string[] InvocationOf(string[] arguments, int place)
    {
        var words = GoFlags.WordsBefore(arguments.AsSpan(place));
        return BaseName(arguments[place]) is "kubelet" or "hyperkube" or "crio" || words.AsSpan().ContainsAny("kubelet", "crio")
            ? [arguments[place], .. words]
            : [];
    }

    private static bool IsShell(string program) => BaseName(program) is "sh" or "bash" or "dash" or "ash" or "busybox";

    private static bool IsScript(NodeFiles files, string program) =>
        files.Read(program, ScriptLimitBytes, out var content) is null && content.AsSpan().StartsWith("#!"u8);

    private static bool IsRootsAlone(NodeFiles files, string program) =>
        files.Status(program, out var status) == 0 && status.Kind == Libc.S_IFREG && Ownership.Of(status, Ownership.Root).IsSafe;

    private static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static Dictionary<string, string> Variables(NodeFiles files, int id)
    {
        Dictionary<string, string> variables = [];
        if (files.Read($"/proc/{id}/environ", LimitBytes, out var content) is null)
        {
            foreach (var assignment in Encoding.UTF8.GetString(content).Split('\0'))
            {
                if (assignment.IndexOf('=') is > 0 and var equals)
                {
                    _ = variables.TryAdd(assignment[..equals], assignment[(equals + 1)..]);
                }
            }
        }

        return variables;
    }

    /// <summary>Field 22 of /proc/PID/stat counts from the boot, whose time /proc/stat has (proc(5)).</summary>
    private static DateTime? Started(NodeFiles files, int id)
    {
        const int startAfterName = 19;
        if (files.Read($"/proc/{id}/stat", LimitBytes, out var own) is not null
            || files.Read("/proc/stat", LimitBytes, out var all) is not null)
        {
            return null;
        }

        // The name is in parentheses and may hold blanks and parentheses.
        var text = Encoding.UTF8.GetString(own);
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var boot = Encoding.UTF8.GetString(all).Split('\n');
        var line = Array.Find(boot, static line => line.StartsWith("btime ", StringComparison.Ordinal));
        return fields.Length > startAfterName && line is not null
            && long.TryParse(fields[startAfterName], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && long.TryParse(line.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var bootSeconds)
            && bootSeconds <= LastSecond && (ticks / TicksPerSecond) <= LastSecond - bootSeconds
                ? DateTime.UnixEpoch.AddSeconds(bootSeconds + ((double)ticks / TicksPerSecond))
                : null;
    }
}
