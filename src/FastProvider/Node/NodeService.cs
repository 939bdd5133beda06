using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// A service of the node, the kubelet or CRI-O: what it was started with. That is what its process says; where it does not run, what its
/// unit would start.
/// </summary>
internal sealed class NodeService
{
    private const int LimitBytes = 1024 * 1024;

    /// <summary>USER_HZ, in which /proc counts time: 100 on every architecture of ours (proc(5)).</summary>
    private const int TicksPerSecond = 100;

    private NodeService(string origin) => Origin = origin;

    /// <summary>Where the rest is from, for people.</summary>
    public string Origin { get; }

    /// <summary>Null if it does not run.</summary>
    public int? ProcessId { get; private init; }

    /// <summary>The command line: the program and its arguments, perhaps behind another program that starts it.</summary>
    public string[] Arguments { get; private init; } = [];

    /// <summary>What can be asked for its version; null if nothing can.</summary>
    public string? Program { get; private init; }

    /// <summary>Its variables; empty also where they cannot be read.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>When its process began.</summary>
    public DateTime? StartedUtc { get; private init; }

    /// <summary>Finds it; null if neither a process nor a unit is there.</summary>
    /// <param name="files">The node.</param>
    /// <param name="unit">The name of its unit.</param>
    /// <param name="names">The names of programs that it may be.</param>
    public static NodeService? Find(NodeFiles files, string unit, ReadOnlySpan<string> names) =>
        FromProcess(files, names) ?? FromUnit(files, unit, names);

    /// <summary>The last value of one of its flags.</summary>
    public string? Flag(string name) => GoFlags.Last(Arguments, name);

    private static NodeService? FromProcess(NodeFiles files, ReadOnlySpan<string> names)
    {
        NodeService? found = null;
        foreach (var entry in files.Names("/proc"))
        {
            if (!int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || found?.ProcessId < id
                || files.Read($"/proc/{id}/comm", LimitBytes, out var comm) is not null
                || files.Read($"/proc/{id}/cmdline", LimitBytes, out var commandLine) is not null || commandLine.Length == 0)
            {
                continue;
            }

            var arguments = Encoding.UTF8.GetString(commandLine).TrimEnd('\0').Split('\0');
            if (names.Contains(BaseName(arguments[0])) || names.Contains(Encoding.UTF8.GetString(comm).TrimEnd('\n')))
            {
                found = new NodeService($"process {id}")
                {
                    ProcessId = id,
                    // What runs may have been replaced on the disk since.
                    Program = $"/proc/{id}/exe",
                    Arguments = arguments,
                    Environment = Variables(files, id),
                    StartedUtc = Started(files, id),
                };
            }
        }

        return found;
    }

    private static NodeService? FromUnit(NodeFiles files, string name, ReadOnlySpan<string> names)
    {
        if (SystemdUnit.Find(files, name) is not { } unit)
        {
            return null;
        }

        string? program = null;
        foreach (var argument in unit.Arguments)
        {
            program ??= names.Contains(BaseName(argument)) ? argument : null;
        }

        return new NodeService(unit.Path) { Arguments = unit.Arguments, Program = program, Environment = unit.Environment };
    }

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
        if (files.Read($"/proc/{id}/stat", LimitBytes, out var own) is not null || files.Read("/proc/stat", LimitBytes, out var all) is not null)
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
                ? DateTime.UnixEpoch.AddSeconds(bootSeconds + ((double)ticks / TicksPerSecond))
                : null;
    }
}
