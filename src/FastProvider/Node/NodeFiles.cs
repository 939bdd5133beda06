using System.IO;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// Reads small files of the node. A test gives another <paramref name="root"/>; messages always show the path as the node
/// knows it.
/// </summary>
internal sealed class NodeFiles(string root = "/")
{
    /// <summary>Whether <paramref name="path"/> is a file that can be seen.</summary>
    public bool Exists(string path) => File.Exists(Locate(path));

    /// <summary>Where the node's <paramref name="path"/> lies under the root; a relative path starts at the working directory.</summary>
    public string Locate(string path) => root == "/" ? path : root + (path.StartsWith('/') ? path : "/" + path);

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The node's path.</param>
    /// <param name="limitBytes">A longer file is not read.</param>
    /// <param name="content">The bytes, empty when the file could not be read.</param>
    /// <returns>Null, or the reason as words that follow the path: "does not exist".</returns>
    public string? Read(string path, int limitBytes, out byte[] content)
    {
        content = [];
        if (path.Length == 0 || path.Contains('\0'))
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
}
