using System;
using System.Buffers.Binary;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>
/// One connection between plugin and agent, of either side: bytes that lead, and frames with their length before them.
/// </summary>
/// <param name="fd">A socket that does not block; closed at the end.</param>
internal sealed class AgentStream(int fd) : IDisposable
{
    /// <summary>More than a request that the kubelet can send, with all of its settings and its reply.</summary>
    public const int MaxFrameBytes = 4 * 1024 * 1024;

    private bool _isClosed;

    public int Fd => fd;

    /// <summary>Sends all, or gives up.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        while (!bytes.IsEmpty)
        {
            var sent = Libc.Send(fd, bytes);
            if (sent >= 0)
            {
                bytes = bytes[sent..];
            }
            else if (Libc.ErrorOf(sent) is not Errno.EAGAIN || !Libc.Wait(fd, Libc.POLLOUT, deadline.RemainingMs))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends a frame that has room for its length at its start (<see cref="Begin(SecretBuffer)"/>).</summary>
    public bool TrySendFrame(SecretBuffer frame, Deadline deadline)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame.WrittenStart(sizeof(int)), frame.Length - sizeof(int));
        return frame.Length - sizeof(int) <= MaxFrameBytes && TrySend(frame.WrittenSpan, deadline);
    }

    /// <summary>Begins a frame.</summary>
    public static void Begin(SecretBuffer frame) => new FrameWriter(frame).Number(0);

    /// <summary>Begins a question: room for its length, what is asked, and by which version.</summary>
    /// <param name="frame">Empty; <see cref="TrySendFrame"/> sends it.</param>
    /// <param name="question">What is asked.</param>
    public static FrameWriter Begin(SecretBuffer frame, AgentQuestion question)
    {
        Begin(frame);
        var writer = new FrameWriter(frame);
        writer.Number((int)question);
        writer.Text(BuildVersion.Value);
        return writer;
    }

    /// <summary>Reads one byte.</summary>
    /// <returns>Null if none came, or the other side has ended.</returns>
    public byte? ReadMark(Deadline deadline)
    {
        Span<byte> mark = stackalloc byte[1];
        return TryRead(mark, deadline) ? mark[0] : null;
    }

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">Takes it, without its length.</param>
    /// <param name="deadline">When to give up.</param>
    public bool TryReadFrame(SecretBuffer frame, Deadline deadline)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        if (!TryRead(head, deadline))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxFrameBytes)
        {
            return false;
        }

        // Not all at once for what may only be claimed.
        const int chunkBytes = 64 * 1024;
        while (frame.Length < length)
        {
            var chunk = Math.Min(length - frame.Length, chunkBytes);
            if (!TryRead(frame.GetSpan(chunk)[..chunk], deadline))
            {
                return false;
            }

            frame.Advance(chunk);
        }

        return true;
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Libc.Close(fd);
        }
    }

    private bool TryRead(Span<byte> into, Deadline deadline)
    {
        while (!into.IsEmpty)
        {
            var count = Libc.Read(fd, into);
            if (count > 0)
            {
                into = into[count..];
            }
            else if (count == 0 || Libc.ErrorOf(count) is not Errno.EAGAIN
                || !Libc.Wait(fd, Libc.POLLIN, deadline.RemainingMs))
            {
                return false;
            }
        }

        return true;
    }
}
