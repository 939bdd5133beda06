using System;
using System.IO;

namespace FastProvider.Node;

/// <summary>
/// Reads small files of the node. A test gives another <paramref name="root"/>; messages always show the path as the node
/// knows it.
/// </summary>
internal sealed class NodeFiles(string root = "/")
{
    private const int FirstBufferBytes = 8 * 1024;

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

        try
        {
            using var file = File.OpenHandle(Locate(path));

            // The size of a file in /proc is 0, so the end is where a read says it is.
            var buffer = new byte[Math.Min(Math.Max(RandomAccess.GetLength(file) + 1, FirstBufferBytes), limitBytes + 1L)];
            var length = 0;
            while (RandomAccess.Read(file, buffer.AsSpan(length), length) is var read and > 0)
            {
                length += read;
                if (length > limitBytes)
                {
                    return "is too large";
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, (long)limitBytes + 1));
                }
            }

            Array.Resize(ref buffer, length);
            content = buffer;
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "does not exist";
        }
        catch (UnauthorizedAccessException)
        {
            return "may not be read";
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            return "cannot be read";
        }
    }
}
