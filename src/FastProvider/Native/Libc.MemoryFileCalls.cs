using System;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Files in memory that nobody can change any more.</content>
internal static unsafe partial class Libc
{
    private const int MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, F_ADD_SEALS = 1033, F_GET_SEALS = 1034, SEEK_SET = 0;
    private const int F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8;
    private const int AllSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    [DllImport(Lazily)]
    private static extern int memfd_create(byte* name, uint flags);

    [DllImport(Lazily)]
    private static extern int fcntl(int fd, int command, int argument);

    [DllImport(Lazily)]
    private static extern nint lseek(int fd, nint offset, int whence);

    /// <summary>A file in memory with this content, which nobody can change any more.</summary>
    /// <returns>A file descriptor, or the negated error number.</returns>
    public static int SealedFile(ReadOnlySpan<byte> nulTerminatedName, ReadOnlySpan<byte> content)
    {
        fixed (byte* name = nulTerminatedName)
        {
            var fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
            if (fd < 0)
            {
                return -(int)Errno;
            }

            var errno = WriteAll(fd, content);
            if (errno != 0 || fcntl(fd, F_ADD_SEALS, AllSeals) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            {
                errno = errno != 0 ? errno : Errno;
                Close(fd);
                return -(int)errno;
            }

            return fd;
        }
    }

    /// <summary>Whether a descriptor is such a file.</summary>
    public static bool IsSealed(int fd) => fcntl(fd, F_GET_SEALS, 0) == AllSeals;
}
