using System.Buffers;
using FastProvider.Secrets;

namespace FastProvider.Fuzz.Targets;

/// <summary>Feeds a list to its reader as the plugin does: what was not consumed comes again, before the next piece.</summary>
internal static class SecretLists
{
    /// <returns>"whole N" or "none".</returns>
    public static string Read(Endpoints endpoints, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var reader = new SecretListReader(endpoints.Document, endpoints.Warnings);
        reader.Start();
        var pending = ReadOnlySequence<byte>.Empty;
        SequencePosition consumed;
        foreach (var piece in pieces)
        {
            pending = Segment.Append(pending, piece);
            if (!reader.Read(pending, isLast: false, out consumed))
            {
                return "none";
            }

            pending = pending.Slice(consumed);
        }

        return reader.Read(pending, isLast: true, out consumed) && reader.IsWhole ? $"whole {reader.Count}" : "none";
    }

    /// <summary>One piece of a sequence of bytes.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private Segment(ReadOnlyMemory<byte> memory, long before)
        {
            Memory = memory;
            RunningIndex = before;
        }

        public static ReadOnlySequence<byte> Append(ReadOnlySequence<byte> pending, ReadOnlyMemory<byte> piece)
        {
            Segment? first = null, last = null;
            foreach (var memory in pending)
            {
                Link(memory, ref first, ref last);
            }

            Link(piece, ref first, ref last);
            return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
        }

        private static void Link(ReadOnlyMemory<byte> memory, ref Segment? first, ref Segment? last)
        {
            var next = new Segment(memory, last is null ? 0 : last.RunningIndex + last.Memory.Length);
            if (last is not null)
            {
                last.Next = next;
            }

            first ??= next;
            last = next;
        }
    }
}
