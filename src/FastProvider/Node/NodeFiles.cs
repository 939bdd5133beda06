using System.Collections.Generic;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// Reads small files of the node. A test gives another <paramref name="root"/>; messages always show the path as the node
/// knows it.
/// </summary>
internal sealed class NodeFiles(string root = "/")
{
    /// <summary>Whether <paramref name="path"/> is a file that can be seen.</summary>
    public bool Exists(string path) => Kind(path) is not (null or Libc.S_IFDIR);

    /// <summary>Whether <paramref name="path"/> is a directory, perhaps through a symbolic link.</summary>
    public bool IsDirectory(string path) => Kind(path) is Libc.S_IFDIR;

    /// <summary>The names of what a directory holds, in lexical order; none if it cannot be listed.</summary>
    public List<string> Names(string directory)
    {
        List<string> names = [];
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

        var fault = FileBytes.Read(Locate(path), limitBytes, out var bytes);
        using (bytes)
        {
            content = bytes.Span.ToArray();
        }

        return fault.IsNone ? null : fault.IsMissing ? "does not exist" : $"cannot be read: {fault}";
    }

    /// <summary>What <paramref name="path"/> is, through symbolic links.</summary>
    public Errno Status(string path, out Libc.FileStatus status)
    {
        status = default;
        return IsPath(path) ? Libc.StatusOfTarget(FileBytes.NulTerminated(Locate(path)), out status) : Errno.ENOENT;
    }

    /// <summary>Whether nothing is there; what cannot be looked at is not missing.</summary>
    public bool IsMissing(string path) => Status(path, out _) is Errno.ENOENT;

    private uint? Kind(string path) => Status(path, out var status) == 0 ? status.Kind : null;

    private static bool IsPath(string path) => path.Length > 0 && !path.Contains('\0');
}
