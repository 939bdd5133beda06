using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Metrics;

/// <summary>
/// A connection of one client, for one answer. It never waits: the server says when there is something to read or room to send.
/// </summary>
internal sealed class MetricsConnection : IDisposable
{
    private const int PieceBytes = 1024;

    /// <summary>For the request, and as much again for the answer: a client that is slower is cut off.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(5);

    /// <summary>So long an ended answer is waited for to be read: closing with unread bytes would throw it away.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly int _fd;
    private readonly SocketPipe _received;
    private byte[]? _answer;
    private int _sent;
    private bool _isEnding;

    /// <param name="fd">A socket that does not block; closed at the end.</param>
    public MetricsConnection(int fd)
    {
        _fd = fd;
        _received = new SocketPipe(fd, MetricsRequest.MaxBytes + 1);
        Until = Deadline.After(LongestStep);
    }

    /// <summary>What is waited for.</summary>
    public Libc.PollDescriptor Wanted => new(_fd, _answer is null || _isEnding ? Libc.POLLIN : Libc.POLLOUT);

    /// <summary>When the client is cut off.</summary>
    public Deadline Until { get; private set; }

    /// <summary>Goes on with what was waited for.</summary>
    /// <param name="answers">Makes the answers.</param>
    /// <returns>False at the end.</returns>
    public bool GoOn(MetricsAnswers answers)
    {
        if (_isEnding)
        {
            return Drain();
        }

        if (_answer is null)
        {
            return Receive(answers);
        }

        return Send();
    }

    public void Dispose()
    {
        _received.Complete();
        Libc.Close(_fd);
    }

    private bool Receive(MetricsAnswers answers)
    {
        if (!_received.TryRead(out var result))
        {
            return true;
        }

        // A client may have ended its side with the request.
        var status = MetricsRequest.StatusOf(result.Buffer, out var wantsHead);
        _received.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        if (status is not { } known)
        {
            return !result.IsCompleted;
        }

        _answer = answers.Of(known, wantsHead);
        Until = Deadline.After(LongestStep);
        return Send();
    }

    private bool Send()
    {
        while (_sent < _answer!.Length)
        {
            var count = Libc.Send(_fd, _answer.AsSpan(_sent));
            if (count < 0)
            {
                return Libc.ErrorOf(count) is Errno.EAGAIN;
            }

            _sent += count;
        }

        _isEnding = true;
        Until = Deadline.After(LongestEnd);
        Libc.EndSending(_fd);
        return true;
    }

    private bool Drain()
    {
        Span<byte> unwanted = stackalloc byte[PieceBytes];
        var count = Libc.Read(_fd, unwanted);
        return count > 0 || count < 0 && Libc.ErrorOf(count) is Errno.EAGAIN;
    }
}
