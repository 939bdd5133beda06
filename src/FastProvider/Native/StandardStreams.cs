using System;
using FastProvider.Base;

namespace FastProvider.Native;

/// <summary>
/// The three pipes between the kubelet and a run. A kubelet always reads and writes them. If the peer does not within a second,
/// it is no kubelet, and the run gives up instead of waiting to be killed.
/// </summary>
internal static class StandardStreams
{
    public const int Input = 0, Output = 1, Error = 2;

    /// <summary>A pipe that poll(2) calls writable takes so much at once (PIPE_BUF), and a larger write could block.</summary>
    private const int ChunkBytes = 4096;

    /// <summary>An answer fits into an empty pipe many times: this is for one that somebody filled and nobody reads.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// To call before anything is opened. A stream that is closed gets a descriptor that fails as a closed one does: the next
    /// file to be opened would have its number, and the answer or a line would be written into it.
    /// </summary>
    public static void Occupy()
    {
        Span<Libc.PollDescriptor> streams = [new(Input), new(Output), new(Error)];
        Libc.Look(streams);
        foreach (var stream in streams)
        {
            if ((stream.ReturnedEvents & Libc.POLLNVAL) != 0)
            {
                // The lowest number that is free is this one. Input that can only be written, output that can only be read.
                _ = Libc.Open(Libc.AT_FDCWD, "/dev/null\0"u8, stream.Descriptor == Input ? Libc.O_WRONLY : Libc.O_RDONLY);
            }
        }
    }

    /// <summary>
    /// Writes why a run failed on standard error. No newline at the end for the kubelet: its log then keeps the cause, the pod
    /// and the ServiceAccount on one line. On a terminal there is one, as the prompt would stand behind the words.
    /// </summary>
    /// <returns>None, or the error number.</returns>
    public static Errno WriteFailure(ReadOnlySpan<byte> line) =>
        Write(Error, line) is var errno and not 0 ? errno : Libc.IsTerminal(Error) ? Write(Error, "\n"u8) : 0;

    /// <summary>Writes all bytes, unless nobody reads them.</summary>
    /// <returns>None, or the error number; <see cref="Errno.ETIMEDOUT"/> if nobody reads.</returns>
    public static Errno Write(int stream, ReadOnlySpan<byte> bytes)
    {
        var deadline = Deadline.After(Patience);
        while (!bytes.IsEmpty)
        {
            if (!Libc.Wait(stream, Libc.POLLOUT, deadline.RemainingMs))
            {
                return Errno.ETIMEDOUT;
            }

            var chunk = bytes[..Math.Min(bytes.Length, ChunkBytes)];
            if (Libc.WriteAll(stream, chunk) is var errno and not 0)
            {
                return errno;
            }

            bytes = bytes[chunk.Length..];
        }

        return 0;
    }
}
