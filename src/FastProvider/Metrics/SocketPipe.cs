using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using FastProvider.Native;

namespace FastProvider.Metrics;

/// <summary>
/// What a client sends, up to a bound, as a pipe that never waits: the server says when there is something to read. The
/// library's own <see cref="Pipe"/> would link tasks and their schedulers, which each start of the program pays for.
/// </summary>
/// <param name="fd">A socket that does not block; it is not closed here.</param>
/// <param name="mostBytes">How much is kept of what was not consumed.</param>
internal sealed class SocketPipe(int fd, int mostBytes) : PipeReader
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(mostBytes);
    private int _start, _end;
    private bool _isOver, _isCancelled;

    /// <summary>Receives what there is.</summary>
    /// <returns>False if nothing new came; the result is complete when the client has ended, or is gone.</returns>
    public override bool TryRead(out ReadResult result)
    {
        var isNew = false;
        while (!_isOver && _end < mostBytes)
        {
            var count = Libc.Read(fd, _bytes.AsSpan(_end, mostBytes - _end));
            if (count < 0 && Libc.ErrorOf(count) is Errno.EAGAIN)
            {
                break;
            }

            _isOver = count <= 0;
            _end += Math.Max(count, 0);
            isNew = true;
        }

        result = new ReadResult(new ReadOnlySequence<byte>(_bytes, _start, _end - _start), _isCancelled, _isOver);
        return isNew;
    }

    /// <summary>What there is at once: it does not wait either.</summary>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _ = TryRead(out var result);
        return new ValueTask<ReadResult>(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _start = consumed.GetInteger();

    public override void CancelPendingRead() => _isCancelled = true;

    public override void Complete(Exception? exception = null)
    {
        _isOver = true;
        ArrayPool<byte>.Shared.Return(_bytes);
    }
}
