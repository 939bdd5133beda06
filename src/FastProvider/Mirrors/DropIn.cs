using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace FastProvider.Mirrors;

/// <summary>A drop-in file: its path in UTF-8 with a final NUL, where its name begins, and which directory it was found in.</summary>
/// <remarks>Sorted by name in byte order, as the container libraries read them, then by directory.</remarks>
internal readonly record struct DropIn(byte[] NativePath, int NameStart, int Directory) : IComparable<DropIn>
{
    /// <summary>The name within its directory.</summary>
    public ReadOnlySpan<byte> Name => NativePath.AsSpan(NameStart, NativePath.Length - NameStart - 1);

    /// <inheritdoc/>
    public int CompareTo(DropIn other) => Name.SequenceCompareTo(other.Name) is not 0 and var order ? order : Directory - other.Directory;
}

/// <summary>Lists drop-in directories by the C library: a directory that is not there, the common case, costs one system call.</summary>
internal static unsafe partial class DropInDirectory
{
    // struct dirent of 64-bit Linux, see readdir(3).
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private const byte UnknownType = 0;
    private const byte RegularType = 8;
    private const byte LinkType = 10;

    /// <summary>
    /// Adds the <c>*.conf</c> of <paramref name="path"/> (UTF-8 with a final NUL) to <paramref name="found"/>, which is made when there is a
    /// first one. Directories, FIFOs and the like are passed over; a missing directory has none.
    /// </summary>
    public static Failure? List(ReadOnlySpan<byte> path, int order, ref List<DropIn>? found)
    {
        nint directory;
        fixed (byte* native = path)
        {
            directory = OpenDirectory(native);
        }

        if (directory == 0)
        {
            return SystemError.LastIsMissing ? null : SystemError.Failure("cannot list", path);
        }

        try
        {
            for (var entry = ReadDirectory(directory); entry is not null; entry = ReadDirectory(directory))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (entry[TypeOffset] is RegularType or LinkType or UnknownType && name.EndsWith(".conf"u8))
                {
                    (found ??= []).Add(new DropIn([.. path[..^1], (byte)'/', .. name, 0], path.Length, order));
                }
            }
        }
        finally
        {
            _ = CloseDirectory(directory);
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static partial nint OpenDirectory(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDirectory(nint directory);
}
