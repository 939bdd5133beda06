using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Metrics;

/// <summary>
/// Gives metrics away, in a thread of its own: whatever becomes of it, no pull is held up. What cannot be done is said once, and
/// tried again.
/// </summary>
internal sealed class MetricsService : IDisposable
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(15), LongestEnd = TimeSpan.FromSeconds(2);

    private readonly MetricsServer? _server;
    private readonly MetricsFile? _file;
    private readonly int _waker = Libc.OpenWaker();
    private readonly Thread _thread;
    private string? _saidOfServer, _saidOfFile;
    private volatile bool _isOver;

    private MetricsService(AgentMetricsText text, MetricsAddress? address, string? file)
    {
        _server = address is { } wanted ? new MetricsServer(wanted, new MetricsAnswers(text)) : null;
        _file = file is null ? null : new MetricsFile(file, text);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Starts it.</summary>
    /// <param name="text">The metrics.</param>
    /// <param name="address">Where to listen; null for nowhere.</param>
    /// <param name="file">A file to write; null for none.</param>
    /// <returns>Null if nobody wants metrics.</returns>
    public static MetricsService? Start(AgentMetricsText text, MetricsAddress? address, string? file) =>
        address is null && file is null ? null : new MetricsService(text, address, file);

    /// <summary>Ends it; the file is written once more.</summary>
    public void Dispose()
    {
        _isOver = true;
        Libc.Wake(_waker);
        // A file system that does not answer must not keep the process.
        _thread.Join(LongestEnd);
    }

    private void Run()
    {
        try
        {
            Serve();
        }
        catch (Exception exception)
        {
            // Want of memory, say: pulls go on without metrics.
            Say(new Failure($"there are no more metrics: {exception.GetType().Name}"), ref _saidOfServer);
        }
    }

    private void Serve()
    {
        using (_server)
        {
            var next = Deadline.After(TimeSpan.Zero);
            while (!_isOver)
            {
                if (next.IsOver)
                {
                    Say(_server?.Open(), ref _saidOfServer);
                    Say(_file?.Write(), ref _saidOfFile);
                    next = Deadline.After(WriteEvery);
                }

                if (_server is not null)
                {
                    _server.Serve(_waker, (int)next.RemainingMs);
                }
                else
                {
                    Libc.WaitForEither(_waker, -1, (int)next.RemainingMs);
                }
            }

            Say(_file?.Write(), ref _saidOfFile);
        }
    }

    private static void Say(Failure? failure, ref string? said)
    {
        if (failure is not null && failure.Message != said)
        {
            _ = StandardStreams.Write(StandardStreams.Error, new SafeText().Append(failure.Message).WithNewLine());
        }

        said = failure?.Message;
    }
}
