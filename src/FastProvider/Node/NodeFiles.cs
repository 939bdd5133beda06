using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// Reads small files of the node. A test gives another <paramref name="root"/>; messages always show the path as the node
/// knows it.
/// </summary>
/// <param name="root">The directory that stands for the node's <c>/</c>.</param>
/// <param name="stamps">Takes what was looked at, for a host that keeps what came of it; null for nobody.</param>
internal sealed class NodeFiles(string root = "/", FileStamps? stamps = null)
{
    /// <summary>Whether <paramref name="path"/> is a file that can be seen.</summary>
    public bool Exists(string path) => Kind(path) is not (null or Libc.S_IFDIR);

    /// <summary>Whether <paramref name="path"/> is a directory, perhaps through a symbolic link.</summary>
    public bool IsDirectory(string path) => Kind(path) is Libc.S_IFDIR;

    /// <summary>The names of what a directory holds, in lexical order; none if it cannot be listed.</summary>
    public List<string> Names(string directory)
    {
        List<string> names = [];
        if (IsOfKernel(directory))
        {
            stamps?.NoteVolatile();
        }
        else
        {
            stamps?.Note(FileBytes.NulTerminated(Locate(directory)));
        }

        foreach (var entry in DirectoryList.Of(FileBytes.NulTerminated(Locate(directory))))
        {
            names.Add(Encoding.UTF8.GetString(entry.Name));
        }

        names.Sort(string.CompareOrdinal);
        return names;
    }

    /// <summary>
    /// Where the node's <paramref name="path"/> lies under the root; a relative path starts at the working directory.
    /// </summary>
    public string Locate(string path) => root == "/" ? path : root + (path.StartsWith('/') ? path : "/" + path);

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The node's path.</param>
    /// <param name="limitBytes">A longer file is not read.</param>
    /// <param name="content">The bytes, empty when the file could not be read.</param>
    /// <returns>Null, or the reason as words that follow the path: "does not exist".</returns>
    public string? Read(string path, int limitBytes, out byte[] content)
    {
        content = [];
        if (!IsPath(path))
        {
            return "is no path";
        }

        var native = FileBytes.NulTerminated(Locate(path));
        if (stamps is not null && !IsOfKernel(path))
        {
            stamps.Note(native);
        }

        var fault = FileBytes.Read(native, limitBytes, out var bytes);
        using (bytes)
        {
            content = bytes.Span.ToArray();
        }

        if (stamps is not null && IsOfKernel(path))
        {
            stamps.NoteContent(native, content);
        }

        return fault.IsNone ? null : fault.IsMissing ? "does not exist" : $"cannot be read: {fault}";
    }

    /// <summary>What <paramref name="path"/> is, through symbolic links.</summary>
    public Errno Status(string path, out Libc.FileStatus status)
    {
        status = default;
        if (!IsPath(path))
        {
            return Errno.ENOENT;
        }

        var native = FileBytes.NulTerminated(Locate(path));
        if (stamps is not null && IsOfKernel(path))
        {
            stamps.NoteInode(native);
        }
        else
        {
            stamps?.Note(native);
        }

        return Libc.StatusOfTarget(native, out status);
    }

    /// <summary>Whether nothing is there; what cannot be looked at is not missing.</summary>
    public bool IsMissing(string path) => Status(path, out _) is Errno.ENOENT;

    private uint? Kind(string path) => Status(path, out var status) == 0 ? status.Kind : null;

    private static bool IsOfKernel(string path) =>
        path.StartsWith("/proc", StringComparison.Ordinal) || path.StartsWith("/sys", StringComparison.Ordinal);

    private static bool IsPath(string path) => path.Length > 0 && !path.Contains('\0');
}
