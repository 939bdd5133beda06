using System;
using System.Buffers;
using System.Security.Cryptography;
using FastProvider.Base;

namespace FastProvider.Transport;

/// <summary>
/// HTTP/1.1 over one connection: requests are written back to back (pipelined, RFC 9112 section 9.3.2), answers are read
/// in order, each head with <see cref="ReadHead"/> and then its body with <see cref="ReadBody"/> to the end. A body may hold
/// credentials: what was read of it is zeroed in the buffer at once.
/// </summary>
internal sealed class HttpConnection(ByteStream stream) : IDisposable
{
    /// <summary>A TLS record is at most this long, so one read never leaves plaintext behind for lack of room.</summary>
    private const int BufferBytes = 16 * 1024;

    private const int MaxInterimAnswers = 8;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private HttpHead _head;

    /// <summary>Bytes of the body (or of the chunk under way) still to come.</summary>
    private long _remaining;

    private bool _bodyIsOver;
    private int _headLength;

    /// <summary>Another request may follow on this connection: the last answer was read whole and did not close it.</summary>
    public bool CanContinue => _bodyIsOver && !_head.ClosesAfter;

    /// <summary>The header section of the answer whose head was read last, checked as a whole; until more is read.</summary>
    public ReadOnlySpan<byte> HeadSection => _buffer.AsSpan(_start - _headLength, _headLength);

    /// <inheritdoc cref="ByteStream.HasInput"/>
    public bool HasInput => stream.HasInput;

    public ConnectionFault? Send(ReadOnlySpan<byte> request, Deadline deadline) => stream.Write(request, deadline);

    /// <summary>Reads the head of the next answer; interim answers (1xx) are passed over.</summary>
    public ConnectionFault? ReadHead(Deadline deadline, out HttpHead answer)
    {
        for (var interim = 0; interim < MaxInterimAnswers; interim++)
        {
            if (ReadSection(deadline, out var length) is { } fault)
            {
                answer = default;
                return fault;
            }

            // Nobody asked to switch to another protocol.
            if (!HttpHead.TryRead(_buffer.AsSpan(_start, length), out _head) || _head.Status == 101)
            {
                break;
            }

            _start += length;
            if (_head.Status >= 200)
            {
                answer = _head;
                _headLength = length;
                _remaining = _head.IsChunked || _head.HasNoBody ? 0 : _head.ContentLength;
                _bodyIsOver = _head.HasNoBody || _remaining == 0 && !_head.IsChunked;
                return null;
            }
        }

        answer = default;
        return NoHttp();
    }

    /// <summary>Reads some of the body.</summary>
    /// <param name="into">Not empty.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="count">How many bytes; 0 at the end of the body, and only there.</param>
    public ConnectionFault? ReadBody(Span<byte> into, Deadline deadline, out int count)
    {
        count = 0;
        if (!_bodyIsOver && _head.IsChunked && _remaining == 0 && ReadChunkSize(deadline) is { } badChunk)
        {
            return badChunk;
        }

        if (_bodyIsOver)
        {
            return null;
        }

        var wanted = _remaining < 0 ? into.Length : (int)Math.Min(_remaining, into.Length);
        if (ReadSome(into[..wanted], deadline, out count) is { } fault)
        {
            return fault;
        }

        if (count == 0)
        {
            _bodyIsOver = _remaining < 0;
            return _bodyIsOver ? null : CutOff();
        }

        if (_remaining > 0)
        {
            _remaining -= count;
            if (_remaining == 0)
            {
                _bodyIsOver = !_head.IsChunked;
                return _head.IsChunked ? SkipChunkEnd(deadline) : null;
            }
        }

        return null;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        ArrayPool<byte>.Shared.Return(_buffer);
        stream.Dispose();
    }

    private static ConnectionFault CutOff() => new(FaultKind.Broken, "its answer was cut off");

    private static ConnectionFault NoHttp() => Malformed("its answer is not HTTP/1.1");

    private static ConnectionFault NoChunkSize() => Malformed("its chunked answer has no chunk size where one belongs");

    private static ConnectionFault Malformed(string what) => new(FaultKind.Untrusted, what);

    /// <summary>What is buffered, or else straight from the stream: a large body is not copied twice.</summary>
    private ConnectionFault? ReadSome(Span<byte> into, Deadline deadline, out int count)
    {
        if (_start == _end)
        {
            return stream.Read(into, deadline, out count);
        }

        count = Math.Min(into.Length, _end - _start);
        var taken = _buffer.AsSpan(_start, count);
        taken.CopyTo(into);
        CryptographicOperations.ZeroMemory(taken);
        _start += count;
        return null;
    }

    /// <summary>
    /// Makes sure that a whole header section lies at <see cref="_start"/>; waits for no more than could become one.
    /// </summary>
    private ConnectionFault? ReadSection(Deadline deadline, out int length)
    {
        length = 0;
        while (true)
        {
            var section = _buffer.AsSpan(_start, _end - _start);
            if (!HttpHead.CanBeginWith(section))
            {
                return NoHttp();
            }

            for (int line; (line = section[length..].IndexOf((byte)'\n')) >= 0;)
            {
                length += line + 1;
                if (line == 0 || section[length - 2] is not (byte)'\r')
                {
                    return NoHttp();
                }

                if (line == 1)
                {
                    return null;
                }
            }

            if (Fill(deadline) is { } fault)
            {
                return fault;
            }
        }
    }

    /// <summary>
    /// The size in hexadecimal without a sign, perhaps with an extension after a semicolon (RFC 9112 section 7.1).
    /// </summary>
    private ConnectionFault? ReadChunkSize(Deadline deadline)
    {
        if (NeedByte(deadline) is { } nothing)
        {
            return nothing;
        }

        if (!char.IsAsciiHexDigit((char)_buffer[_start]))
        {
            return NoChunkSize();
        }

        if (ReadLine(deadline, out var line) is { } fault)
        {
            return fault;
        }

        long size = 0;
        for (; !line.IsEmpty && char.IsAsciiHexDigit((char)line[0]); line = line[1..])
        {
            if (size > long.MaxValue >> 4)
            {
                return NoChunkSize();
            }

            // The low bits of a letter count from 1, those of a digit from 0.
            size = (size << 4) | (uint)((line[0] & 0xF) + (line[0] >> 6) * 9);
        }

        if (line is [not ((byte)';' or (byte)' ' or (byte)'\t'), ..])
        {
            return NoChunkSize();
        }

        _remaining = size;
        return size > 0 ? null : SkipTrailers(deadline);
    }

    private ConnectionFault? SkipTrailers(Deadline deadline)
    {
        while (true)
        {
            if (ReadLine(deadline, out var line) is { } fault)
            {
                return fault;
            }

            if (line.IsEmpty)
            {
                _bodyIsOver = true;
                return null;
            }
        }
    }

    private ConnectionFault? SkipChunkEnd(Deadline deadline)
    {
        foreach (var expected in "\r\n"u8)
        {
            if (NeedByte(deadline) is { } fault)
            {
                return fault;
            }

            if (_buffer[_start++] != expected)
            {
                return Malformed("its chunked answer has a chunk longer than it says");
            }
        }

        return null;
    }

    /// <summary>A line feed ends a line, and only after a carriage return.</summary>
    private ConnectionFault? ReadLine(Deadline deadline, out ReadOnlySpan<byte> line)
    {
        line = default;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOf((byte)'\n');
            if (length == 0 || length > 0 && rest[length - 1] is not (byte)'\r')
            {
                return Malformed("its chunked answer has a line feed alone");
            }

            if (length > 0)
            {
                line = rest[..(length - 1)];
                _start += length + 1;
                return null;
            }

            if (Fill(deadline) is { } fault)
            {
                return fault;
            }
        }
    }

    /// <summary>Makes sure that a byte lies at <see cref="_start"/>.</summary>
    private ConnectionFault? NeedByte(Deadline deadline)
    {
        while (_start == _end)
        {
            if (Fill(deadline) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private ConnectionFault? Fill(Deadline deadline)
    {
        if (_start > 0)
        {
            // The rest is the beginning of a head or of a chunk, never of a body, so its old place need not be zeroed.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            return Malformed($"its header is longer than {BufferBytes} bytes");
        }

        if (stream.Read(_buffer.AsSpan(_end), deadline, out var count) is { } fault)
        {
            return fault;
        }

        _end += count;
        return count > 0 ? null : CutOff();
    }
}
