using System.Buffers.Binary;
using FastProvider.Agent;
using FastProvider.Native;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// What plugin and agent send each other. The first byte says what the rest is: a question, a reply, the settings of a run.
/// Each is held against a reader that goes by the layout alone; what is whole is written as it was read, and is not whole when
/// cut.
/// </summary>
internal static class AgentTarget
{
    private const int LongestForEachCut = 512;

    public static void Run(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var bytes = input.Span[1..];
        FuzzedReader reader = (input.Span[0] % 3) switch { 0 => IsWholeQuestion, 1 => IsWholeReply, _ => IsWholeSettings };
        if (!reader(bytes))
        {
            return;
        }

        Law.Holds(!reader([.. bytes, 0]) || input.Span[0] % 3 == 2, "nothing may follow what is whole");
        for (var length = 0; length < Math.Min(bytes.Length, LongestForEachCut); length++)
        {
            Law.Holds(!reader(bytes[..length]) || input.Span[0] % 3 == 2, "a part of what is whole is not");
        }
    }

    private delegate bool FuzzedReader(ReadOnlySpan<byte> bytes);

    private static bool IsWholeQuestion(ReadOnlySpan<byte> bytes)
    {
        var reader = new FrameReader(bytes);
        var kind = (AgentQuestion)reader.Number();
        var version = reader.Text();
        using var written = new SecretBuffer();
        var writer = new FrameWriter(written);
        writer.Number((int)kind);
        writer.Text(version);
        switch (kind)
        {
            case AgentQuestion.Run when RunRequest.TryRead(ref reader, out var run):
                writer.Number((int)run.BudgetLeft.TotalMilliseconds);
                writer.Number(run.ParentId);
                writer.Text(run.Settings);
                writer.Text(run.Request);
                Law.Holds(Fields(bytes, "nsnnss"), "a run has a budget, a parent, settings and a request");
                break;
            case AgentQuestion.Grant when GrantRequest.TryRead(ref reader, out var grant):
                writer.Text(grant.Slot.Directory);
                writer.Text(grant.Slot.Name);
                writer.Text(grant.Slot.LockDirectory);
                writer.Text(grant.Pod);
                writer.Number((int)grant.UntakenLifetime.TotalMilliseconds);
                writer.Number((int)grant.Wait.TotalMilliseconds);
                writer.Text(grant.Content);
                Law.Holds(Fields(bytes, "nsssssnns"), "a grant has a slot, a pod, two times and a content");
                Law.Holds(
                    grant.Slot.Directory.StartsWith('/') && grant.Slot.LockDirectory.StartsWith('/')
                        && !grant.Slot.Name.Contains('/', StringComparison.Ordinal) && grant.Wait >= TimeSpan.Zero
                        && grant.UntakenLifetime >= TimeSpan.Zero,
                    "a grant is for a file of an auth directory");
                // Directories that are no UTF-8 cannot be written as they were read.
                return grant.Slot.Directory.Contains('\ufffd', StringComparison.Ordinal)
                    || grant.Slot.LockDirectory.Contains('\ufffd', StringComparison.Ordinal) || IsSame(written, bytes);
            case AgentQuestion.Status when reader.IsWhole:
                break;
            default:
                Law.Holds(kind is not AgentQuestion.Run || !Fields(bytes, "nsnnss"), "what has all of a run's fields is one");
                return false;
        }

        return IsSame(written, bytes);
    }

    private static bool IsWholeReply(ReadOnlySpan<byte> bytes)
    {
        if (!AgentReply.TryRead(bytes, out var reply))
        {
            Law.Holds(!Fields(bytes, "nsss"), "what has an exit status and three texts is a reply");
            return false;
        }

        using var written = new SecretBuffer();
        reply.WriteTo(written);
        return IsSame(written, bytes);
    }

    private static bool IsWholeSettings(ReadOnlySpan<byte> bytes)
    {
        if (AgentSettings.Read(bytes) is not { } settings)
        {
            return false;
        }

        Law.Holds(settings.Are(bytes), "settings are those of their own bytes");
        Law.Holds(!settings.Are([.. bytes, 0]), "settings are not those of other bytes");
        var count = bytes.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        Law.Holds(count >= 0 && count <= bytes.Length / sizeof(int), "there are no more arguments than have room");
        return true;
    }

    private static bool IsSame(SecretBuffer written, ReadOnlySpan<byte> bytes)
    {
        Law.Holds(written.WrittenSpan.SequenceEqual(bytes), "what was read is written as it was");
        return true;
    }

    /// <summary>Whether the bytes are these fields and no more: numbers, and texts with their length before them.</summary>
    private static bool Fields(ReadOnlySpan<byte> bytes, string layout)
    {
        foreach (var field in layout)
        {
            if (bytes.Length < sizeof(int))
            {
                return false;
            }

            var number = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            bytes = bytes[sizeof(int)..];
            if (field == 's')
            {
                if (number < 0 || number > bytes.Length)
                {
                    return false;
                }

                bytes = bytes[number..];
            }
        }

        return bytes.IsEmpty;
    }
}
