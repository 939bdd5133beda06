using System;
using System.Text;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Confinement;
using FastProvider.Metrics;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>
/// The process that stays: it carries out the pulls of the plugins that connect to its socket, over connections that it keeps,
/// and keeps every pod's file until its pull takes it. Whatever becomes of it, plugins go on alone.
/// </summary>
internal sealed class AgentProcess : IDisposable
{
    /// <summary>The run after these goes alone.</summary>
    public const int MaxRuns = 64;

    private const string AgentLock = "agent.lock";
    private const int FirstHandedDescriptor = 3; // sd_listen_fds(3)

    /// <summary>How long runs may still take when the agent is told to end: a run has no more.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(55);

    /// <summary>Shorter than the watchdog of the unit, which goes on meanwhile.</summary>
    private static readonly TimeSpan LongestReplacement = TimeSpan.FromSeconds(20);

    /// <summary>Between looks at what nobody asks for.</summary>
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan QuietBeforeTrim = TimeSpan.FromSeconds(1);

    private readonly AgentStartup _startup;
    private readonly AgentState _state = new();
    private readonly AgentWorkers _workers;
    private readonly Lock _gate = new();
    private readonly int _termination = Libc.OpenTermination();

    /// <summary>What stands at the path of the socket.</summary>
    private readonly Libc.FileStatus _socket;

    private long _runsAtTrim;

    private volatile bool _isOutOfDate;

    /// <summary>Those that a worker has, the newest first.</summary>
    private AgentConversation? _newest;

    private AgentProcess(AgentStartup startup)
    {
        _startup = startup;
        _workers = new AgentWorkers(MaxRuns, Carry);
        _state.OnOtherVersion = MakeRoom;
        _ = Libc.StatusOfTarget(FileBytes.NulTerminated(startup.Socket), out _socket);
    }

    /// <summary>Listens until it is told to end, or is idle for long enough.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(AgentStartup startup)
    {
        if (OpenSsl.Load() is { } noTls)
        {
            return Fail(noTls);
        }

        Libc.RaiseFileLimit();

        // Held as long as the process lives: of two that start together one goes.
        LockFile? own = null;
        var listening = HandedSocket();
        startup.IsHandedOver = listening >= 0;
        if (listening < 0 && Listen(startup, out listening, out own) is { } failure)
        {
            return Fail(failure);
        }

        if (listening < 0)
        {
            return Fail(new Failure($"another agent runs with lock directory {startup.LockDirectory} already"));
        }

        using (own)
        {
            using var process = new AgentProcess(startup);
            if (startup.Confines)
            {
                // It becomes another program at an upgrade.
                _ = CallFilter.Apply(mayExecute: true);
            }

            using var metrics = MetricsService.Start(process._state.MetricsText, startup.MetricsListen, startup.MetricsFile);
            process._state.Keeper.GoOn(startup.LockDirectory);
            ServiceNotice.Send("READY=1");
            process.Serve(listening);
            var isReplaced = process._isOutOfDate && ReplacedProgram.IsThere;
            if (!isReplaced)
            {
                ServiceNotice.Send("STOPPING=1");
            }

            if (own is not null && process.IsReachable())
            {
                Remove(startup.Socket);
            }

            if (!isReplaced || !startup.IsHandedOver)
            {
                Libc.Close(listening);
            }

            process._workers.End(Deadline.After(isReplaced ? LongestReplacement : LongestEnd));
            if (isReplaced)
            {
                // The grants are on record. What lay ready beside the auth files is removed with them.
                process._state.Keeper.Dispose();
                ReplacedProgram.Become();
            }
        }

        return 0;
    }

    public void Dispose()
    {
        _state.Dispose();
        _workers.Dispose();
        Libc.Close(_termination);
    }

    private static int Fail(Failure failure)
    {
        _ = StandardStreams.Write(StandardStreams.Error, new SafeText().Append(failure.Message).WithNewLine());
        return failure.ExitCode;
    }

    private void Serve(int listening)
    {
        var notice = new ServiceNotice();
        var roundAt = Environment.TickCount64;
        while (true)
        {
            Libc.WaitForEither(listening, _termination, WaitMs(notice));
            if (Libc.Wait(_termination, Libc.POLLIN, 0))
            {
                return;
            }

            for (int fd; (fd = Libc.Accept(listening)) >= 0;)
            {
                Take(new AgentStream(fd));
            }

            SayWorking();
            notice.Renew();
            TrimIfQuiet();
            _state.KeepWarm();
            if (Environment.TickCount64 - roundAt > RoundEvery.TotalMilliseconds)
            {
                roundAt = Environment.TickCount64;
                _state.Sweep();
                if (!IsReachable())
                {
                    return;
                }
            }

            if (_startup.IdleExit is { } idleExit && _workers.Busy == 0 && _state.Keeper.IdleTime > idleExit
                && _state.IdleTime > idleExit)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Whether the socket still leads here: where it was removed or another agent has its place, nobody comes any more.
    /// </summary>
    private bool IsReachable() => _startup.IsHandedOver
        || Libc.StatusOfTarget(FileBytes.NulTerminated(_startup.Socket), out var status) == 0 && status.IsSameFile(_socket);

    /// <summary>
    /// Gives memory back when pulls have come and come no more. The collector of a run, which this program is set up for,
    /// collects nothing before 16 MB were taken.
    /// </summary>
    private void TrimIfQuiet()
    {
        var runs = _state.Runs;
        if (runs != _runsAtTrim && _state.IdleTime > QuietBeforeTrim && _workers.Busy == 0)
        {
            _runsAtTrim = runs;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private int WaitMs(ServiceNotice notice)
    {
        if (_workers.Busy > 0)
        {
            return (int)AgentClient.WorkingEvery.TotalMilliseconds;
        }

        if (_state.IsWarm)
        {
            return (int)TimeSpan.FromSeconds(1).TotalMilliseconds;
        }

        if (_state.Runs != _runsAtTrim)
        {
            return (int)QuietBeforeTrim.TotalMilliseconds;
        }

        var wait = _startup.IdleExit is null ? RoundEvery : TimeSpan.FromSeconds(1);
        return (int)(notice.Every is { } every && every < wait ? every : wait).TotalMilliseconds;
    }

    private void Take(AgentStream stream)
    {
        if (Libc.Peer(stream.Fd, out var peer) != 0 || peer.UserId != Libc.geteuid())
        {
            stream.Dispose();
            return;
        }

        var conversation = new AgentConversation(stream, _state);
        // At once, as a plugin waits for it no longer than 50 ms, and here, before any other word.
        if (_workers.Busy == MaxRuns || !conversation.Begin())
        {
            _state.Metrics.Decline(AloneReason.Full);
            conversation.Decline();
            return;
        }

        lock (_gate)
        {
            (conversation.Older, _newest) = (_newest, conversation);
        }

        if (!_workers.TryStart(conversation))
        {
            Forget(conversation);
            _state.Metrics.Decline(AloneReason.Full);
            conversation.Decline();
        }
    }

    /// <summary>
    /// For the agent of the other version: this process goes on as it, if it has the place of this program, or systemd or the
    /// next run starts it.
    /// </summary>
    private void MakeRoom()
    {
        _isOutOfDate = true;
        _workers.TakeNoMore();
        Libc.Terminate();
    }

    private void Carry(AgentConversation conversation)
    {
        conversation.Run();
        Forget(conversation);
        conversation.Finish();
    }

    private void Forget(AgentConversation conversation)
    {
        lock (_gate)
        {
            if (_newest == conversation)
            {
                _newest = conversation.Older;
                return;
            }

            for (var newer = _newest; newer is not null; newer = newer.Older)
            {
                if (newer.Older == conversation)
                {
                    newer.Older = conversation.Older;
                    return;
                }
            }
        }
    }

    /// <summary>A plugin goes on alone when it hears nothing for a second.</summary>
    private void SayWorking()
    {
        lock (_gate)
        {
            for (var conversation = _newest; conversation is not null; conversation = conversation.Older)
            {
                conversation.SayWorking();
            }
        }
    }

    /// <returns>The socket that systemd has opened for this process; negative if there is none.</returns>
    private static int HandedSocket()
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != $"{Libc.getpid()}"
            || Environment.GetEnvironmentVariable("LISTEN_FDS") is not "1")
        {
            return -1;
        }

        Libc.StopBlocking(FirstHandedDescriptor);
        return FirstHandedDescriptor;
    }

    private static Failure? Listen(AgentStartup startup, out int listening, out LockFile? own)
    {
        listening = -1;
        own = null;
        var opened = OwnedDirectory.Open("lock directory", startup.LockDirectory);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        using var locks = opened.Value;
        if (LockFile.Take(locks, AgentLock, Deadline.After(TimeSpan.Zero), out own) is { } noLock)
        {
            return noLock;
        }

        if (own is null)
        {
            return null;
        }

        if (!UnixAddress.TryMake(Encoding.UTF8.GetBytes(startup.Socket), out var address))
        {
            return new Failure($"no socket can have the path {startup.Socket}: it is longer than 107 bytes");
        }

        var reached = Libc.ConnectLocal(address);
        if (reached >= 0)
        {
            // systemd's, or an agent with another lock directory.
            Libc.Close(reached);
            own.Dispose();
            return new Failure($"another agent listens on {startup.Socket} already");
        }

        if (Libc.ErrorOf(reached) is Errno.ECONNREFUSED)
        {
            Remove(startup.Socket); // of one that was killed
        }

        listening = Libc.ListenLocal(address);
        return listening >= 0 ? null
            : new Failure($"cannot listen on {startup.Socket}: {Libc.ErrorOf(listening).Words()}");
    }

    private static void Remove(string socket) => _ = Libc.Unlink(Libc.AT_FDCWD, FileBytes.NulTerminated(socket));
}
