using System;
using System.Threading;
using FastProvider.Base;

namespace FastProvider.Metrics;

/// <summary>The last pulls that failed: names alone. Safe for several threads, none of which waits.</summary>
internal sealed class LastFailures
{
    private const int Kept = 8, MaxImageBytes = 200;

    /// <summary>Of <see cref="Entry"/>, as in <see cref="NamespaceCounts"/>.</summary>
    private readonly object?[] _entries = new object?[Kept];
    private int _count;

    public void Add(FailureCause cause, ReadOnlySpan<byte> name, ReadOnlySpan<byte> image)
    {
        var entry = new Entry(DateTime.UtcNow, cause, name.ToArray(), SafeText.Cut(image, MaxImageBytes).ToArray());
        Volatile.Write(ref _entries[(uint)Interlocked.Increment(ref _count) % Kept], entry);
    }

    /// <summary>Adds a line for each, the newest first.</summary>
    public void AppendTo(SafeText text)
    {
        var newest = (uint)Volatile.Read(ref _count);
        for (var i = 0u; i < Kept; i++)
        {
            if (Volatile.Read(ref _entries[(newest - i) % Kept]) is Entry entry)
            {
                text.Append("failed: "u8).Append($"{entry.At:yyyy-MM-ddTHH:mm:ssZ} ").Append(entry.Cause.Word());
                if (entry.Name.Length > 0)
                {
                    text.Append(", namespace "u8).Append(entry.Name);
                }

                if (entry.Image.Length > 0)
                {
                    text.Append(", image "u8).Append(entry.Image);
                }

                text.EndLine();
            }
        }
    }

    private sealed class Entry(DateTime at, FailureCause cause, byte[] name, byte[] image)
    {
        public DateTime At => at;

        public FailureCause Cause => cause;

        public byte[] Name => name;

        public byte[] Image => image;
    }
}
