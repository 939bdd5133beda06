using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Mirrors;

/// <summary>
/// A drop-in file: its path in UTF-8 with a final NUL, where its name begins, and which directory it was found in.
/// </summary>
/// <remarks>Sorted by name in byte order, as the container libraries read them, then by directory.</remarks>
internal readonly record struct DropIn(byte[] NativePath, int NameStart, int Directory) : IComparable<DropIn>
{
    /// <summary>The name within its directory.</summary>
    public ReadOnlySpan<byte> Name => NativePath.AsSpan(NameStart, NativePath.Length - NameStart - 1);

    /// <inheritdoc/>
    public int CompareTo(DropIn other) =>
        Name.SequenceCompareTo(other.Name) is not 0 and var order ? order : Directory - other.Directory;
}

/// <summary>
/// Lists drop-in directories by the C library: a directory that is not there, the common case, costs one system call.
/// </summary>
internal static class DropInDirectory
{
    /// <summary>
    /// Adds the <c>*.conf</c> of <paramref name="path"/> (UTF-8 with a final NUL) to <paramref name="found"/>, which is made when
    /// there is a first one. Directories, FIFOs and the like are passed over; a missing directory has none.
    /// </summary>
    public static Failure? List(ReadOnlySpan<byte> path, int order, ref List<DropIn>? found)
    {
        var list = DirectoryList.Of(path);
        if (list.Errno is not (Errno.None or Errno.ENOENT))
        {
            return new Failure(FailureCause.RegistriesConf,
                $"cannot list {Encoding.UTF8.GetString(path[..^1])}: {list.Errno.Words()}");
        }

        foreach (var entry in list)
        {
            if ((entry.MayBeFile || entry.IsLink) && entry.Name.EndsWith(".conf"u8))
            {
                (found ??= []).Add(new DropIn([.. path[..^1], (byte)'/', .. entry.NulTerminatedName], path.Length, order));
            }
        }

        return null;
    }
}
