using System;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// The environment of the CRI-O that runs on this node, by which it finds root's logins. The process is found by the cgroup of
/// its service, in one look: a pull has no time to read all of /proc. Where CRI-O is no such service, nothing is known of it.
/// </summary>
internal sealed class CrioProcess : IDisposable
{
    private const int LimitBytes = 1024 * 1024;

    /// <summary>Helpers of CRI-O may be in its cgroup, too, behind it.</summary>
    private const int MaxProcesses = 8;

    private PooledBytes _environment;
    private bool _isRead;

    /// <summary>A variable; null where it is not set, or CRI-O was not found.</summary>
    public string? Variable(string name)
    {
        if (!_isRead)
        {
            _isRead = true;
            Read();
        }

        var rest = _environment.Span;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            var assignment = end < 0 ? rest : rest[..end];
            var equals = assignment.IndexOf((byte)'=');
            if (equals == name.Length && Ascii.Equals(assignment[..equals], name))
            {
                return Encoding.UTF8.GetString(assignment[(equals + 1)..]);
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return null;
    }

    public void Dispose() => _environment.Dispose();

    private void Read()
    {
        // The second is that of a node whose systemd still uses cgroups v1.
        if (!FileBytes.Read("/sys/fs/cgroup/system.slice/crio.service/cgroup.procs\0"u8, LimitBytes, out var processes).IsNone
            && !FileBytes.Read("/sys/fs/cgroup/systemd/system.slice/crio.service/cgroup.procs\0"u8, LimitBytes, out processes).IsNone)
        {
            return;
        }

        using (processes)
        {
            var ids = processes.Span;
            for (var i = 0; i < MaxProcesses && !ids.IsEmpty; i++)
            {
                var end = ids.IndexOf((byte)'\n');
                var id = Encoding.ASCII.GetString(end < 0 ? ids : ids[..end]);
                ids = end < 0 ? default : ids[(end + 1)..];
                if (IsCrio(id))
                {
                    _ = FileBytes.Read($"/proc/{id}/environ", LimitBytes, out _environment);
                    return;
                }
            }
        }
    }

    private static bool IsCrio(string id)
    {
        using var name = FileBytes.Read($"/proc/{id}/comm", LimitBytes, out var comm).IsNone ? comm : default;
        return name.Span.SequenceEqual("crio\n"u8);
    }
}
