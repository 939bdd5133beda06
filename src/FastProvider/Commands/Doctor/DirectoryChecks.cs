using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Native;

namespace FastProvider.Commands.Doctor;

/// <summary>The directories of auth files and locks: who owns them, and what lies in them for longer than it should.</summary>
internal static class DirectoryChecks
{
    /// <summary>A later run removes what is older than the lifetime; what is much older, no run came for.</summary>
    private const int PatientTimes = 2;

    public static void Run(DoctorRun run)
    {
        var authDirectory = (run.Pull.AuthDir ?? run.Crio.NamespacedAuthDirectory).TrimEnd('/');
        if (CheckDirectory(run, FindingId.AuthDir, "auth directory", authDirectory))
        {
            CheckAuthFiles(run, authDirectory);
            CheckInUse(run, $"{authDirectory}/in-use");
        }

        _ = CheckDirectory(run, FindingId.LockDir, "lock directory", run.Pull.LockDir.TrimEnd('/'));
    }

    /// <summary>
    /// For the user of the pulls: ours, as a pull checks it. Pulls are root's where doctor does not run as root, so what is
    /// root's is right there, too.
    /// </summary>
    public static Ownership OfPuller(in Libc.FileStatus status) =>
        status.OwnerUserId == Ownership.Root ? Ownership.Of(status, Ownership.Root) : Ownership.Of(status);

    /// <summary>An age for people, rounded down.</summary>
    public static string Spelled(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{(int)age.TotalDays} days"
        : age.TotalHours >= 2 ? $"{(int)age.TotalHours} hours"
        : $"{(int)age.TotalMinutes} minutes";

    /// <summary>As a pull checks it, but without making it.</summary>
    /// <returns>Whether it is there.</returns>
    private static bool CheckDirectory(DoctorRun run, string id, string kind, string path)
    {
        var errno = Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(path), out var status);
        if (errno == Errno.ENOENT)
        {
            run.Ok(id, $"{path} is not there yet; the first pull of a mirrored image makes it, for root alone");
            return false;
        }

        if (errno != 0)
        {
            run.Unknown(id, $"{kind} {path}: {errno.Words()}", "run doctor as root");
        }
        else if (status.Kind != Libc.S_IFDIR)
        {
            run.Problem(id,
                $"{kind} {path} is a symbolic link or no directory, so every pull of a mirrored image fails",
                $"remove {path}: it is made anew");
        }
        else if (OfPuller(status) is { Fault: { } fault } ownership)
        {
            run.Problem(id, $"{kind} {path} {fault}, so every pull of a mirrored image fails", ownership.Cure(path));
        }
        else
        {
            var owner = status.OwnerUserId == Ownership.Root ? "root" : $"user {status.OwnerUserId}";
            run.Ok(id, $"{path} belongs to {owner}, mode {Ownership.Of(status).Octal}");
        }

        return errno == 0 && status.Kind == Libc.S_IFDIR;
    }

    private static void CheckAuthFiles(DoctorRun run, string directory)
    {
        var lifetime = run.Pull.UntakenLifetime;
        List<string> stale = [];
        var fresh = 0;
        foreach (var name in run.Files.Names(directory))
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            if (!AuthFileName.IsFinal(bytes) && !AuthFileName.IsTemporary(bytes))
            {
                continue;
            }

            if (Age($"{directory}/{name}") is { } age
                && age > (lifetime == TimeSpan.Zero ? TimeSpan.FromHours(1) : PatientTimes * lifetime)
                && !IsKept(run, name))
            {
                stale.Add($"{name}, {Spelled(age)} old");
            }
            else
            {
                fresh++;
            }
        }

        if (stale.Count > 0)
        {
            run.Warn(FindingId.StaleAuthFiles, $"{directory}: auth files that no pull took, with credentials in them",
                lifetime == TimeSpan.Zero
                    ? "remove them; without --untaken-lifetime=0 runs of the provider would"
                    : "the next run for a mirrored image removes them; if none comes, remove them by hand", stale);
        }
        else
        {
            run.Ok(FindingId.StaleAuthFiles,
                fresh == 0 ? "no auth file waits" : $"{fresh} auth files wait for their pulls, none for long");
        }
    }

    /// <summary>
    /// An agent holds the lock of a slot for as long as it keeps files for its pulls. Their lifetime does not run while other
    /// pulls are under way, so such a file may be old.
    /// </summary>
    private static bool IsKept(DoctorRun run, string name) =>
        AuthFileName.IsFinal(Encoding.UTF8.GetBytes(name)) && SlotLock.IsHeld(run.Pull.LockDir.TrimEnd('/'), name);

    private static void CheckInUse(DoctorRun run, string directory)
    {
        const int endWithUuid = 1 + 36 + 5; // -UUID.json
        if (Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(directory), out var status) == 0 && status.Kind != Libc.S_IFDIR)
        {
            run.Problem(
                FindingId.StaleInUse, $"{directory} is a symbolic link or no directory, and CRI-O moves auth files into it",
                $"remove {directory}: CRI-O makes it anew");
            return;
        }

        List<string> stale = [];
        foreach (var name in run.Files.Names(directory))
        {
            var isCrios = name.Length > endWithUuid
                && AuthFileName.IsFinal(Encoding.UTF8.GetBytes($"{name[..^endWithUuid]}.json"));
            if (isCrios && Age($"{directory}/{name}") is { } age && age > PullsUnderWay.LongestPull)
            {
                stale.Add($"{name}, {Spelled(age)} old");
            }
        }

        if (stale.Count > 0)
        {
            run.Warn(FindingId.StaleInUse,
                $"{directory}: files of pulls that a CRI-O that died has left, with credentials in them",
                "remove them while no pull is under way: CRI-O does not",
                stale);
        }
        else
        {
            run.Ok(FindingId.StaleInUse, $"{directory} has no file of an ended pull");
        }
    }

    /// <summary>By the change time, which nobody can set.</summary>
    private static TimeSpan? Age(string path) =>
        Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(path), out var status) == 0
            ? DateTime.UtcNow - status.Changed.Utc
            : null;
}
