using System;
using System.Text;
using System.Threading;
using FastProvider.Native;

namespace FastProvider;

/// <summary>
/// Ends a run that is stuck in a call that takes no deadline: a resolver, a file system that hangs. The kubelet would kill it
/// at 60 seconds without a word.
/// </summary>
internal static class Watchdog
{
    private const int StandardError = 2;
    private const int StackBytes = 64 * 1024;

    /// <summary>What has a deadline ends by itself before this.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static long s_moreTicks;

    /// <summary>Starts to watch.</summary>
    /// <param name="budget">How long the run may take.</param>
    public static void Start(TimeSpan budget)
    {
        var watch = new Thread(() =>
        {
            var slept = TimeSpan.Zero;
            for (var sleep = budget + Grace; sleep > TimeSpan.Zero; sleep = new TimeSpan(Interlocked.Exchange(ref s_moreTicks, 0)))
            {
                Thread.Sleep(sleep);
                slept += sleep;
            }

            _ = Libc.WriteAll(StandardError, Encoding.UTF8.GetBytes(
                $"gave up after {slept.TotalSeconds:0.#} s: the resolver or a file system of this node does not answer"));
            Libc._exit(Failure.PullFailed);
        }, StackBytes)
        {
            IsBackground = true,
        };
        watch.Start();
    }

    /// <summary>Allows a run more time, for a wait that has a bound of its own.</summary>
    public static void Extend(TimeSpan more) => Interlocked.Add(ref s_moreTicks, more.Ticks);
}
