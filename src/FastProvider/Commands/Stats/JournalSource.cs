using System;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Stats;

/// <summary>Where entries come from: journalctl, or a file of what it prints. They are counted while they arrive.</summary>
internal static class JournalSource
{
    private const int PieceBytes = 64 * 1024, MaxReasonBytes = 64 * 1024;

    /// <summary>A journal may have gigabytes, and a disk may be slow. Who is late is not asked why.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(10);

    /// <summary>Where journald keeps its files, see systemd-journald.service(8).</summary>
    private const string Persistent = "/var/log/journal", Volatile = "/run/log/journal";

    private static readonly string[] Quietly = ["-o", "export", "--no-pager", "-q"];

    /// <summary>Counts the entries of this node's journal, or of the journal below another root.</summary>
    /// <returns>Null, or why it could not be read.</returns>
    public static Failure? ReadJournal(StatsWindow window, string? root, JournalExportReader reader, PullStatistics statistics)
    {
        var files = new NodeFiles(root ?? "/");
        if (!files.IsDirectory(Persistent) && !files.IsDirectory(Volatile))
        {
            return new Failure($"no journal: neither {files.Locate(Persistent)} nor {files.Locate(Volatile)} is a directory");
        }

        string[] where = root is null ? [] : [$"--root={root}"];
        string[] which = [.. where, $"--since={window.ForJournalctl}", "SYSLOG_IDENTIFIER=fast-provider"];
        var wrong = new ChildProcess("journalctl", [.. Quietly, .. which], Budget)
            .Run(piece => Count(reader, statistics, piece), out var status);
        return wrong is { IsNotInstalled: true }
                ? new Failure("journalctl is not installed; what it printed elsewhere can be read with --from FILE")
            : wrong is not null ? new Failure($"journalctl {wrong.What}")
            : status != 0 ? new Failure($"journalctl ended with status {status}{Reason(which)}")
            : Broken(reader, "what journalctl prints");
    }

    /// <summary>Counts the entries of a file.</summary>
    /// <param name="path">The file; - for standard input.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="statistics">Takes the entries.</param>
    public static Failure? ReadFile(string path, JournalExportReader reader, PullStatistics statistics)
    {
        var isInput = path == "-";
        var fd = isInput ? StandardStreams.Input : Libc.Open(Libc.AT_FDCWD, FileBytes.NulTerminated(path), Libc.O_RDONLY);
        var piece = new byte[PieceBytes];
        var count = fd;
        while (fd >= 0 && (count = Libc.Read(fd, piece)) > 0 && Count(reader, statistics, piece.AsSpan(0, count)))
        {
        }

        if (fd >= 0 && !isInput)
        {
            Libc.Close(fd);
        }

        var name = isInput ? "standard input" : Argument.Printable(path);
        return count < 0 ? new Failure($"cannot read {name}: {Libc.ErrorOf(count).Words()}") : Broken(reader, name);
    }

    /// <returns>False if there is no use in going on.</returns>
    private static bool Count(JournalExportReader reader, PullStatistics statistics, ReadOnlySpan<byte> piece)
    {
        while (reader.ReadEntry(ref piece))
        {
            statistics.Add(reader);
        }

        return !reader.IsBroken;
    }

    private static Failure? Broken(JournalExportReader reader, string name) => reader.IsBroken
        ? new Failure($"{name} is not in the journal's export format (byte {reader.Position}); journalctl -o export prints it")
        : null;

    /// <summary>What journalctl says of the same question when nobody wants an entry, so that nothing else is printed.</summary>
    private static string Reason(string[] which)
    {
        var said = new SafeText();
        var journal = new ChildProcess("journalctl", ["-n", "0", .. Quietly, .. which], Budget) { WithErrors = true };
        _ = journal.Run(piece =>
        {
            var end = piece.IndexOf((byte)'\n');
            said.Append(end < 0 ? piece : piece[..end]);
            return end < 0 && said.Length < MaxReasonBytes;
        });
        return said.Length == 0 ? "" : $": {System.Text.Encoding.UTF8.GetString(said.Bytes)}";
    }
}
