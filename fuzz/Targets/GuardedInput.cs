using System.Buffers;
using System.Runtime.InteropServices;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// Memory whose last byte lies right before a page that nobody may touch: one byte read past the end of an input ends the
/// process instead of going unnoticed.
/// </summary>
internal sealed unsafe partial class GuardedInput : MemoryManager<byte>
{
    /// <summary>AFL's own limit for an input.</summary>
    private const int MostBytes = 1024 * 1024;

    private const int ProtNone = 0, ProtReadWrite = 3, MapPrivateAnonymous = 0x22;

    [ThreadStatic]
    private static byte* _end;

    private readonly byte* _start;
    private readonly int _length;

    private GuardedInput(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    /// <summary>Lays an input against the page. It stays there until the thread's next call.</summary>
    public static ReadOnlyMemory<byte> Lay(ReadOnlySpan<byte> input)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, MostBytes);
        if (_end is null)
        {
            var page = Environment.SystemPageSize;
            var start = Map(null, (nuint)(MostBytes + page), ProtReadWrite, MapPrivateAnonymous, -1, 0);
            if ((nint)start == -1 || Protect(start + MostBytes, (nuint)page, ProtNone) != 0)
            {
                throw new InvalidOperationException("There is no memory for the input.");
            }

            _end = start + MostBytes;
        }

        var laid = new GuardedInput(_end - input.Length, input.Length);
        input.CopyTo(laid.GetSpan());
        return laid.Memory;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
        // It never moves.
    }

    protected override void Dispose(bool disposing)
    {
        // The pages are kept for the next input.
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* at, nuint length, int protection);
}
