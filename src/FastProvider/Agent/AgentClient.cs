using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>
/// A run's connection to the agent. Whatever is wrong with the agent, the run hears of it soon enough to go on alone.
/// </summary>
internal sealed class AgentClient : IDisposable
{
    /// <summary>A working agent says so within microseconds; a run must not lose more than this by one that does not.</summary>
    public static readonly TimeSpan BeginWait = TimeSpan.FromMilliseconds(50);

    /// <summary>A working agent says so every <see cref="WorkingEvery"/>.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan WorkingEvery = TimeSpan.FromMilliseconds(200);

    private readonly AgentStream _stream;

    private AgentClient(AgentStream stream, int processId)
    {
        _stream = stream;
        ProcessId = processId;
    }

    /// <summary>The process that listens.</summary>
    public int ProcessId { get; }

    /// <summary>Connects.</summary>
    /// <param name="path">Where the agent listens; null if none is to be asked.</param>
    /// <param name="client">The connection; dispose it. Null if there is none.</param>
    /// <returns>Why not.</returns>
    public static AloneReason Open(string? path, out AgentClient? client)
    {
        client = null;
        if (path is null)
        {
            return AloneReason.Off;
        }

        if (!UnixAddress.TryMake(Encoding.UTF8.GetBytes(path), out var address))
        {
            return AloneReason.Socket;
        }

        var fd = Libc.ConnectLocal(address);
        if (fd < 0)
        {
            return Libc.ErrorOf(fd) switch
            {
                Errno.ENOENT or Errno.ECONNREFUSED => AloneReason.NoAgent,
                Errno.EAGAIN => AloneReason.Full, // nobody accepts what waits there
                _ => AloneReason.Socket,
            };
        }

        // Whoever listens gets the token: it must be this user, so root on a node.
        if (Libc.Peer(fd, out var peer) != 0 || peer.UserId != Libc.geteuid())
        {
            Libc.Close(fd);
            return AloneReason.Socket;
        }

        client = new AgentClient(new AgentStream(fd), peer.ProcessId);
        return AloneReason.None;
    }

    /// <summary>Asks, and waits for the reply.</summary>
    /// <param name="frame">The question (<see cref="AgentStream.Begin(SecretBuffer, AgentQuestion)"/>).</param>
    /// <param name="reply">Takes the reply.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="patience">For how long it may be silent at first; null for <see cref="BeginWait"/>.</param>
    /// <returns>Why there is none.</returns>
    public AloneReason Ask(SecretBuffer frame, SecretBuffer reply, Deadline deadline, TimeSpan? patience = null)
    {
        var begun = deadline.OrAfter(patience ?? BeginWait);
        // The token goes there before the first word comes: it is the same user's process, and a word more would be a turn more.
        if (!_stream.TrySendFrame(frame, begun))
        {
            // One that has no room says so and hangs up, which may be before all was sent.
            return _stream.ReadMark(begun) is AgentMark.Full ? AloneReason.Full : AloneReason.Silent;
        }

        return _stream.ReadMark(begun) switch
        {
            AgentMark.Begun => Await(reply, deadline),
            AgentMark.Full => AloneReason.Full,
            _ => begun.IsOver ? AloneReason.Silent : AloneReason.Died,
        };
    }

    /// <summary>Says that the kubelet has its answer.</summary>
    public void Confirm(Deadline deadline) => _ = _stream.TrySend([AgentMark.Answered], deadline);

    /// <summary>Says that the kubelet could not be answered: the agent takes back what it did, and replies once more.</summary>
    /// <param name="errno">Why.</param>
    /// <param name="reply">Takes the reply.</param>
    /// <param name="deadline">When to give up.</param>
    public void TakeBack(Errno errno, SecretBuffer reply, Deadline deadline)
    {
        reply.Clear();
        if (_stream.TrySend([AgentMark.Unanswered, (byte)errno], deadline))
        {
            _ = Await(reply, deadline);
        }
    }

    public void Dispose() => _stream.Dispose();

    private AloneReason Await(SecretBuffer reply, Deadline deadline)
    {
        while (true)
        {
            var silence = deadline.OrAfter(LongestSilence);
            switch (_stream.ReadMark(silence))
            {
                case AgentMark.Working when !deadline.IsOver: // also of one that says nothing else
                    break;
                case AgentMark.Working:
                    return AloneReason.Silent;
                case AgentMark.Reply:
                    return _stream.TryReadFrame(reply, silence) ? AloneReason.None : AloneReason.Died;
                case AgentMark.OtherVersion:
                    return AloneReason.OtherVersion;
                case AgentMark.Declined:
                    return AloneReason.Declined;
                case AgentMark.Providers:
                    return AloneReason.Providers;
                case AgentMark.Full:
                    return AloneReason.Full;
                default:
                    return silence.IsOver ? AloneReason.Silent : AloneReason.Died;
            }
        }
    }
}
