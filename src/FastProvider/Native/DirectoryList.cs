using System;

namespace FastProvider.Native;

/// <summary>
/// What a directory holds, without itself and the one above it, in no order. To be walked once with <c>foreach</c>, which closes
/// it.
/// </summary>
internal ref struct DirectoryList
{
    private nint _directory;

    /// <summary>Lists a directory by its path.</summary>
    public static DirectoryList Of(ReadOnlySpan<byte> nulTerminatedPath)
    {
        var list = default(DirectoryList);
        list.Errno = Libc.OpenDirectory(nulTerminatedPath, out list._directory);
        return list;
    }

    /// <summary>Lists an open directory, whose own descriptor stays open and is not moved.</summary>
    public static DirectoryList Of(int directory)
    {
        var list = default(DirectoryList);
        var listed = Libc.Open(directory, ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
        list.Errno = listed < 0 ? Libc.Errno : Libc.OpenDirectory(listed, out list._directory);
        if (listed >= 0 && list.Errno is not Errno.None)
        {
            Libc.Close(listed);
        }

        return list;
    }

    /// <summary>Why it cannot be listed; there is nothing in it then.</summary>
    public Errno Errno { get; private set; }

    public DirectoryEntry Current { get; private set; }

    public readonly DirectoryList GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_directory != 0 && Libc.ReadDirectory(_directory, out var name, out var kind))
        {
            if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
            {
                Current = new DirectoryEntry(name, kind);
                return true;
            }
        }

        return false;
    }

    public readonly void Dispose()
    {
        if (_directory != 0)
        {
            Libc.CloseDirectory(_directory);
        }
    }
}

/// <summary>One name of a directory; it stands until the next.</summary>
internal readonly ref struct DirectoryEntry(ReadOnlySpan<byte> nulTerminatedName, byte kind)
{
    public ReadOnlySpan<byte> NulTerminatedName { get; } = nulTerminatedName;

    public ReadOnlySpan<byte> Name => NulTerminatedName[..^1];

    public bool IsDirectory => kind == Libc.DT_DIR;

    /// <summary>A regular file, or what the file system does not tell before it is looked at.</summary>
    public bool MayBeFile => kind is Libc.DT_REG or Libc.DT_UNKNOWN;

    public bool IsLink => kind == Libc.DT_LNK;
}
