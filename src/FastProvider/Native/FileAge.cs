using System;

namespace FastProvider.Native;

/// <summary>
/// How old a file is, also when the clock was set back after it was written. Its times are then ahead of the clock, perhaps by
/// years, and would make it young until the clock has come there.
/// </summary>
internal static class FileAge
{
    /// <summary>A time further ahead than this was written before the clock was set back, and says nothing.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Since when a file is what it is, in UTC: its change time, which nobody can set. If that is ahead of the clock, the time of
    /// modification does, which is the earlier one. If both are ahead, nothing tells how long ago the clock was set back: the
    /// file counts from now on. That is kept with the file, as its time of modification, so that it is old when the bound of its
    /// reader is over.
    /// </summary>
    /// <param name="directory">The open directory of the file.</param>
    /// <param name="nulTerminatedName">Its name there.</param>
    /// <param name="status">Its times.</param>
    /// <param name="now">The clock, in UTC.</param>
    /// <returns>The first moment of all if it cannot be kept: a file that would be young for ever counts as old.</returns>
    public static DateTime Since(int directory, ReadOnlySpan<byte> nulTerminatedName, in Libc.FileStatus status, DateTime now) =>
        !IsAhead(status.Changed.Utc, now) ? status.Changed.Utc
        : !IsAhead(status.Modified.Utc, now) ? status.Modified.Utc
        : Libc.SetModified(directory, nulTerminatedName, now) == 0 ? now
        : DateTime.MinValue;

    /// <summary>Whether a moment is past, and no longer ago than <paramref name="memory"/>.</summary>
    public static bool IsRecent(DateTime at, TimeSpan memory, DateTime now) => now - at < memory && !IsAhead(at, now);

    /// <summary>Whether a moment is further ahead of the clock than clocks differ.</summary>
    public static bool IsAhead(DateTime at, DateTime now) => at - now >= ClockTolerance;
}
