using System;
using System.IO;

namespace FastProvider.Native;

/// <summary>
/// Whom a file or a directory belongs to, and who else may change it. A pull, doctor and install judge by it alone, so that none
/// of them takes what another refuses.
/// </summary>
internal readonly struct Ownership
{
    /// <summary>The user whom the kubelet and its plugins run as.</summary>
    public const uint Root = 0;

    /// <summary>0600: a file with credentials.</summary>
    public const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0700: a directory whose names only its owner may see.</summary>
    public const UnixFileMode OwnersDirectory = OwnersFile | UnixFileMode.UserExecute;

    /// <summary>0755: a program, or a directory that everybody may look into.</summary>
    public const UnixFileMode WorldReadable = OwnersDirectory
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>0644: a file that everybody may read.</summary>
    public const UnixFileMode ReadByAll = OwnersFile | Reading;

    private const UnixFileMode Writing = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Reading = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executing = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly UnixFileMode _mode;
    private readonly uint _owner, _wanted;

    private Ownership(UnixFileMode mode, uint owner, uint wanted)
    {
        _mode = mode;
        _owner = owner;
        _wanted = wanted;
    }

    /// <param name="status">What the file is.</param>
    /// <param name="owner">The user whom it must belong to.</param>
    public static Ownership Of(in Libc.FileStatus status, uint owner) => new(status.Permissions, status.OwnerUserId, owner);

    /// <summary>For this process, as a pull judges its directories.</summary>
    public static Ownership Of(in Libc.FileStatus status) => Of(status, Libc.geteuid());

    /// <summary>Whether this process may look at everything on the node.</summary>
    public static bool IsRootHere => Libc.geteuid() == Root;

    public bool IsOurs => _owner == _wanted;

    public bool OthersMayWrite => (_mode & Writing) != 0;

    public bool OthersMayRead => (_mode & Reading) != 0;

    public bool IsExecutable => (_mode & Executing) != 0;

    /// <summary>It belongs to us, and nobody else may write it.</summary>
    public bool IsSafe => IsOurs && !OthersMayWrite;

    /// <summary>
    /// The same of a directory on the way to a file: it may be root's, and in a sticky one others may rename only what is their
    /// own.
    /// </summary>
    public bool IsSafeWay => (IsOurs || _owner == Root) && (!OthersMayWrite || (_mode & UnixFileMode.StickyBit) != 0);

    /// <summary>The mode as chmod(1) takes it: "755".</summary>
    public string Octal => Convert.ToString((int)_mode, 8);

    /// <summary>What is wrong, in words that follow the path; null if it is safe.</summary>
    public string? Fault =>
        !IsOurs ? $"belongs to user {_owner}"
        : OthersMayWrite ? $"can be written by others (mode {Octal})"
        : null;

    /// <summary>The command that mends <see cref="Fault"/>, on a node.</summary>
    public string Cure(string path) => IsOurs ? $"chmod 0755 {path}" : $"chown root:root {path}";
}
