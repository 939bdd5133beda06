using System;
using System.Text;
using FastProvider.AuthFile;

namespace FastProvider.Grants;

/// <summary>Which slot: a file's name in an auth directory, and where its lock is.</summary>
/// <param name="directory">The auth directory, without a slash at its end.</param>
/// <param name="name">The file's name in it.</param>
/// <param name="lockDirectory">Where the locks of slots are.</param>
internal readonly struct GrantSlotName(string directory, string name, string lockDirectory)
{
    public string Directory => directory;

    public string Name => name;

    public string LockDirectory => lockDirectory;

    /// <summary>Whether no other file than that of a slot can be meant.</summary>
    public bool IsValid => IsAbsolute(directory) && IsAbsolute(lockDirectory)
        && AuthFileName.IsFinal(Encoding.UTF8.GetBytes(name));

    /// <summary>Whether both are the same slot with the same lock.</summary>
    public bool Equals(in GrantSlotName other) =>
        Name == other.Name && Directory == other.Directory && LockDirectory == other.LockDirectory;

    private static bool IsAbsolute(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);
}
