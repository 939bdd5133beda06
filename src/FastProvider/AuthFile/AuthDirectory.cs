using System;
using System.IO;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// The directory where CRI-O takes auth files from, opened and checked: it belongs to us, nobody else may write in it, and it
/// is no symbolic link. Everything in it is done relative to the open directory, so it cannot be swapped in between.
/// </summary>
internal sealed class AuthDirectory : IDisposable
{
    private const uint OthersMayWrite = 0x12; // 0022
    private const uint OwnerOnlyDirectory = 0x1C0; // 0700
    private const uint OwnerOnlyFile = 0x180; // 0600
    private const uint WorldReadableDirectory = 0x1ED; // 0755

    private readonly string _path;
    private readonly int _fd;

    private AuthDirectory(string path, int fd)
    {
        _path = path;
        _fd = fd;
    }

    /// <summary>Opens the directory; a missing one is made, for its owner alone.</summary>
    public static Failure? Open(string path, out AuthDirectory? directory)
    {
        directory = null;
        // With a slash at its end a symbolic link would be followed, whatever the flags say.
        path = path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        var fd = OpenDirectory(path);
        if (fd == -Libc.ENOENT)
        {
            if (Make(path) is { } notMade)
            {
                return notMade;
            }

            fd = OpenDirectory(path);
        }

        if (fd < 0)
        {
            return new Failure(fd is -Libc.ELOOP or -Libc.ENOTDIR
                ? $"auth directory {path} is a symbolic link or no directory: remove it, CRI-O makes it anew"
                : $"cannot open auth directory {path}: {Libc.Explain(-fd)}");
        }

        var opened = new AuthDirectory(path, fd);
        if (opened.Check() is { } unsafeDirectory)
        {
            opened.Dispose();
            return unsafeDirectory;
        }

        directory = opened;
        return null;
    }

    public string FilePath(string name) => Path.Join(_path, name);

    /// <summary>
    /// Puts a whole file under <paramref name="name"/> in one step: CRI-O sees the file that was there before, or this one.
    /// Not synced to the disk: the file is for a pull that follows within seconds, and a crash of the node ends that, too.
    /// </summary>
    public Failure? Write(string name, ReadOnlySpan<byte> content)
    {
        var temporary = FileBytes.NulTerminated(TemporaryName());
        var file = Libc.Open(_fd, temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, OwnerOnlyFile);
        if (file < 0)
        {
            return Failed(name, -file);
        }

        var errno = Libc.WriteAll(file, content);
        Libc.Close(file);
        if (errno == 0)
        {
            errno = Libc.Rename(_fd, temporary, FileBytes.NulTerminated(name));
        }

        if (errno == 0)
        {
            return null;
        }

        _ = Libc.Unlink(_fd, temporary);
        return Failed(name, errno);
    }

    /// <summary>Removes a file that an earlier run left: without a decision for it, no pull may use it.</summary>
    /// <returns>Null also when there was none.</returns>
    public Failure? Remove(string name)
    {
        var errno = Libc.Unlink(_fd, FileBytes.NulTerminated(name));
        return errno is 0 or Libc.ENOENT
            ? null
            : new Failure($"cannot remove the stale auth file {FilePath(name)}: {Libc.Explain(errno)}");
    }

    public void Dispose() => Libc.Close(_fd);

    private static int OpenDirectory(string path) => Libc.Open(
        Libc.AT_FDCWD, FileBytes.NulTerminated(path), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private static Failure? Make(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(parent))
        {
            _ = Libc.MakeDirectory(FileBytes.NulTerminated(parent), WorldReadableDirectory);
        }

        var errno = Libc.MakeDirectory(FileBytes.NulTerminated(path), OwnerOnlyDirectory);
        return errno is 0 or Libc.EEXIST
            ? null
            : new Failure($"cannot make auth directory {path}: {Libc.Explain(errno)}");
    }

    private Failure? Check()
    {
        var errno = Libc.Status(_fd, out var status);
        return errno != 0 ? new Failure($"cannot look at auth directory {_path}: {Libc.Explain(errno)}")
            : status.OwnerUserId != Libc.geteuid()
                ? new Failure($"auth directory {_path} belongs to user {status.OwnerUserId}: chown root:root {_path}")
            : (status.Mode & OthersMayWrite) != 0
                ? new Failure($"auth directory {_path} can be written by others (mode {Convert.ToString(status.Mode & 0xFFF, 8)}):"
                    + $" chmod 0755 {_path}")
            : null;
    }

    private Failure Failed(string name, int errno) =>
        new($"cannot write auth file {FilePath(name)}: {Libc.Explain(errno)}");

    /// <summary>Recognisable, so that the temporary file of a killed run can be cleared away; never the name that CRI-O reads.</summary>
    private static string TemporaryName() => $".fast-provider-{Libc.getpid()}-{Environment.TickCount64:x}.tmp";
}
