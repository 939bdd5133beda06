using System;
using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace FastProvider.Mirrors;

/// <summary>A whole file in a pooled buffer; <see cref="Return"/> gives it back.</summary>
internal readonly unsafe partial struct RegularFile
{
    /// <summary>A larger file is refused: no registries.conf is, and the run must stay within its memory.</summary>
    public const int MaxBytes = 16 << 20;

    // Flags of Linux on x64; the first two are the same everywhere. O_NONBLOCK: opening a FIFO must not wait for a writer.
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int FromEnd = 2;

    private readonly byte[]? _buffer;
    private readonly int _length;

    private RegularFile(byte[]? buffer, int length, bool isMissing, bool isNoFile) =>
        (_buffer, _length, IsMissing, IsNoFile) = (buffer, length, isMissing, isNoFile);

    /// <summary>Whether nothing is there.</summary>
    public bool IsMissing { get; }

    /// <summary>Whether something is there that is no file: a directory, a FIFO, a socket.</summary>
    public bool IsNoFile { get; }

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Reads <paramref name="path"/>, UTF-8 with a final NUL. Success includes that nothing is there: see <see cref="IsMissing"/>.</summary>
    public static Failure? Read(ReadOnlySpan<byte> path, out RegularFile file)
    {
        int descriptor;
        do
        {
            fixed (byte* native = path)
            {
                descriptor = Open(native, ReadOnly | NonBlocking | CloseOnExec);
            }
        }
        while (descriptor < 0 && SystemError.LastIsInterrupted);

        if (descriptor < 0)
        {
            file = new RegularFile(null, 0, SystemError.LastIsMissing, isNoFile: false);
            return file.IsMissing ? null : SystemError.Failure("cannot open", path);
        }

        try
        {
            return Read(descriptor, path, out file);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives the buffer back; the content must not be used any more.</summary>
    public void Return()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private static Failure? Read(int descriptor, ReadOnlySpan<byte> path, out RegularFile file)
    {
        file = default;
        // A FIFO or socket cannot seek; a directory answers but cannot be read.
        var size = Seek(descriptor, 0, FromEnd);
        if (size < 0)
        {
            file = new RegularFile(null, 0, isMissing: false, isNoFile: true);
            return new Failure($"{Encoding.UTF8.GetString(path[..^1])} is not a regular file");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, MaxBytes) + 1);
        var length = 0;
        while (length <= MaxBytes)
        {
            if (length == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            nint count;
            fixed (byte* free = &buffer[length])
            {
                count = ReadAt(descriptor, free, (nuint)(buffer.Length - length), length);
            }

            if (count == 0)
            {
                file = new RegularFile(buffer, length, isMissing: false, isNoFile: false);
                return null;
            }

            if (count > 0)
            {
                length += (int)count;
            }
            else if (!SystemError.LastIsInterrupted)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                file = new RegularFile(null, 0, isMissing: false, SystemError.LastIsDirectory);
                return SystemError.Failure("cannot read", path);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return new Failure($"{Encoding.UTF8.GetString(path[..^1])} is larger than {MaxBytes >> 20} MB, which no registries.conf should be");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int descriptor, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint ReadAt(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
