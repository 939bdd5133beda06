using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>The file system of a node that is mounted elsewhere, as in a container or while an image is built.</summary>
internal static class NodeRoot
{
    /// <summary>
    /// Makes the node's root that of this process, for good: a link in there leads to where it leads on the node and never out of
    /// it, and a program that is run meets the node's C library.
    /// </summary>
    /// <param name="root">Null or only slashes for the root that is.</param>
    public static Failure? Enter(string? root)
    {
        if (root is null || root.TrimEnd('/').Length == 0)
        {
            return null;
        }

        var errno = root.Contains('\0') ? Errno.ENOENT : Libc.EnterRoot(FileBytes.NulTerminated(root));
        return errno == 0 ? null : new Failure(
            $"cannot enter --root {root}: {errno.Words()}"
            + (errno is Errno.EPERM ? "; that takes root, in a container the capability SYS_CHROOT" : ""));
    }
}
