using System;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// What CRI-O's <c>in-use/</c> tells: at the start of a pull the auth file is renamed into it, at the end it is deleted there
/// (cri-o, server/image_pull.go). Pulls of every image count, as the kubelet's queue is serial by default: while any of them
/// runs, the one that we wait for may stand behind it.
/// </summary>
/// <param name="IsAny">A pull with a file of its own is under way.</param>
/// <param name="LastChange">When the last such pull began or ended, in UTC: the time of the directory.</param>
internal readonly record struct PullsUnderWay(bool IsAny, DateTime LastChange)
{
    /// <summary>
    /// An entry older than this is what a CRI-O that died has left, also if its time is ahead of the clock (<see
    /// cref="FileAge"/>).
    /// </summary>
    public static readonly TimeSpan LongestPull = TimeSpan.FromMinutes(10);

    /// <summary>What there is to see now.</summary>
    /// <param name="directory">The auth directory.</param>
    /// <param name="now">The clock, in UTC.</param>
    public static PullsUnderWay Find(AuthDirectory directory, DateTime now)
    {
        var inUse = OpenInUse(directory);
        if (inUse < 0)
        {
            return default;
        }

        var pulls = Libc.Status(inUse, out var status) == 0
            ? new PullsUnderWay(HasYoungEntry(inUse, now), status.Modified.Utc)
            : default;
        Libc.Close(inUse);
        return pulls;
    }

    /// <summary>Whether a pull has this file in use.</summary>
    /// <param name="directory">The auth directory.</param>
    /// <param name="file">What lay in it.</param>
    public static bool Has(AuthDirectory directory, in Libc.FileStatus file)
    {
        var inUse = OpenInUse(directory);
        if (inUse < 0)
        {
            return false;
        }

        var isFound = false;
        foreach (var entry in DirectoryList.Of(inUse))
        {
            isFound |= Libc.Status(inUse, entry.NulTerminatedName, out var status) == 0 && status.IsSameFile(file);
        }

        Libc.Close(inUse);
        return isFound;
    }

    private static int OpenInUse(AuthDirectory directory) =>
        Libc.Open(directory.Fd, "in-use\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private static bool HasYoungEntry(int inUse, DateTime now)
    {
        foreach (var entry in DirectoryList.Of(inUse))
        {
            if (entry.Name.EndsWith(".json"u8) && Libc.Status(inUse, entry.NulTerminatedName, out var status) == 0
                && now - FileAge.Since(inUse, entry.NulTerminatedName, status, now) < LongestPull)
            {
                return true;
            }
        }

        return false;
    }
}
