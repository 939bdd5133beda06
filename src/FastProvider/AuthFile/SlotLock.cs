using System;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// The lock of one slot, held by this run: a file of our own, as CRI-O moves the auth file itself away. The file is empty until a
/// run waits in vain, and its time of modification then says when.
/// </summary>
internal sealed class SlotLock : IDisposable
{
    private const int DigestDigits = 8;

    private readonly LockFile _file;

    private SlotLock(LockFile file) => _file = file;

    private static ReadOnlySpan<byte> End => ".lock"u8;

    /// <summary>Waits for the lock of a slot and takes it.</summary>
    /// <param name="locks">Where the lock files are.</param>
    /// <param name="authDirectory">
    /// The directory of the slot. A slot of the same name in another directory has another lock.
    /// </param>
    /// <param name="authFileName">The file's name in it, <c>NAMESPACE-SHA256.json</c>.</param>
    /// <param name="bound">How long to wait at most.</param>
    /// <param name="taken">The lock; dispose it to release. Null without a failure: others held it until the bound.</param>
    public static Failure? Take(
        OwnedDirectory locks, string authDirectory, string authFileName, Deadline bound, out SlotLock? taken)
    {
        var failure = LockFile.Take(locks, Stem(authDirectory, authFileName) + ".lock", bound, out var file);
        taken = file is null ? null : new SlotLock(file);
        return failure;
    }

    /// <summary>Whether a run or an agent holds the lock of a slot of this name just now, in whichever auth directory.</summary>
    /// <param name="lockDirectory">Where the lock files are; one that is not there holds none.</param>
    /// <param name="authFileName">The auth file's name.</param>
    public static bool IsHeld(string lockDirectory, string authFileName)
    {
        if (OwnedDirectory.OpenExisting(lockDirectory) is not { } opened)
        {
            return false;
        }

        using var locks = opened;
        var stem = Encoding.ASCII.GetBytes($"{authFileName[..^".json".Length]}-");
        foreach (var entry in locks.List())
        {
            if (entry.MayBeFile && IsName(entry.Name) && entry.Name.StartsWith(stem)
                && LockFile.IsHeld(locks, entry.NulTerminatedName))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a name is that of some slot's lock.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) => name.EndsWith(End) && IsStem(name[..^End.Length]);

    /// <summary>The same without <c>.lock</c>.</summary>
    public static bool IsStem(ReadOnlySpan<byte> name)
    {
        const int tail = 1 + DigestDigits;
        return name.Length > tail && name[^tail] == (byte)'-' && AuthFileName.IsHex(name[^(tail - 1)..])
            && AuthFileName.IsStem(name[..^tail]);
    }

    /// <summary>How the names begin that files of a slot have in the lock directory.</summary>
    /// <param name="authDirectory">The directory of the slot.</param>
    /// <param name="authFileName">The file's name in it.</param>
    public static string Stem(string authDirectory, string authFileName)
    {
        Span<byte> digest = stackalloc byte[32];
        OpenSsl.Sha256(Encoding.UTF8.GetBytes(authDirectory.TrimEnd('/')), digest);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{authFileName[..^".json".Length]}-{Convert.ToHexStringLower(digest[..(DigestDigits / 2)])}");
    }

    /// <summary>When a run last waited at this slot for a pull that did not come, in UTC, or null if none did.</summary>
    public DateTime? InVainAt => _file.Status.SizeBytes > 0 ? _file.Status.Modified.Utc : null;

    /// <summary>Remembers that this run waited in vain. If it cannot (no space), the next run waits, too.</summary>
    public void RememberInVain() => _ = Libc.WriteFirstByte(_file.Fd, (byte)'v');

    public void Dispose() => _file.Dispose();
}
