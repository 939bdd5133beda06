using System;
using System.Text;
using System.Threading;
using FastProvider.Native;

namespace FastProvider;

/// <summary>
/// Ends a run that is stuck in the one call that takes no deadline: the resolver. The kubelet would kill it at 60 seconds
/// without a word. It watches until it is disposed.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const int StackBytes = 64 * 1024;

    /// <summary>A resolver that gives up by itself says why, so it gets a moment more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Deadline _deadline;
    private volatile bool _isOver;

    private Watchdog(Deadline deadline) => _deadline = deadline;

    /// <param name="deadline">When what is watched should have ended.</param>
    public static Watchdog Start(Deadline deadline)
    {
        var watchdog = new Watchdog(deadline);
        new Thread(watchdog.Watch, StackBytes) { IsBackground = true }.Start();
        return watchdog;
    }

    public void Dispose() => _isOver = true;

    private void Watch()
    {
        Thread.Sleep(_deadline.Remaining + Grace);
        if (!_isOver)
        {
            _ = StandardStreams.Write(StandardStreams.Error, Encoding.UTF8.GetBytes(
                "gave up: the resolver of this node does not answer, so the API server's name has no address"));
            Libc._exit(Failure.PullFailed);
        }
    }
}
