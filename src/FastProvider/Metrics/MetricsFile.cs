using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Metrics;

/// <summary>
/// A file for the textfile collector of node_exporter, which reads all <c>*.prom</c> of its directory: written whole beside its
/// place, then renamed.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="text">The metrics.</param>
internal sealed class MetricsFile(string path, AgentMetricsText text)
{
    private readonly SafeText _scratch = new();
    private readonly byte[] _path = FileBytes.NulTerminated(path), _beside = FileBytes.NulTerminated(path + ".new");

    /// <summary>Writes it anew.</summary>
    public Failure? Write()
    {
        text.WriteTo(_scratch);
        var errno = WriteBeside();
        errno = errno == 0 ? Libc.Rename(Libc.AT_FDCWD, _beside, _path) : errno;
        if (errno == 0)
        {
            return null;
        }

        _ = Libc.Unlink(Libc.AT_FDCWD, _beside);
        return new Failure($"cannot write metrics to {path}: {errno.Words()}");
    }

    private Errno WriteBeside()
    {
        // The directory may be another user's: nothing is written through a name that lies there.
        _ = Libc.Unlink(Libc.AT_FDCWD, _beside);
        const int onlyNew = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL; // which follows no link either
        var fd = Libc.Open(Libc.AT_FDCWD, _beside, onlyNew, Ownership.OwnersFile);
        if (fd < 0)
        {
            return Libc.ErrorOf(fd);
        }

        var errno = Libc.WriteAll(fd, _scratch.Bytes);
        errno = errno == 0 ? Libc.Permit(fd, Ownership.ReadByAll) : errno;
        Libc.Close(fd);
        return errno;
    }
}
