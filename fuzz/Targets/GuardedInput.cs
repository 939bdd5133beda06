using System.Buffers;
using System.Runtime.InteropServices;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// Memory whose last byte lies right before a page that nobody may touch: one byte read past the end of an input ends the
/// process instead of going unnoticed. What has ended a process is found in the file that FUZZ_LAST_INPUT names, if it is set.
/// </summary>
internal sealed unsafe partial class GuardedInput : MemoryManager<byte>
{
    /// <summary>AFL's own limit for an input.</summary>
    private const int MostBytes = 1024 * 1024;

    private const int ProtNone = 0, ProtReadWrite = 3, MapShared = 0x01, MapPrivateAnonymous = 0x22;

    [ThreadStatic]
    private static byte* _end;

    private static readonly nuint MappedBytes = (nuint)(MostBytes + Environment.SystemPageSize);

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
            _end = Environment.GetEnvironmentVariable("FUZZ_LAST_INPUT") is { Length: > 0 } path ? MapFile(path) : MapMemory();
        }

        var laid = new GuardedInput(_end - input.Length, input.Length);
        input.CopyTo(laid.GetSpan());
        // Before it, where nothing else is, its length.
        if (input.Length <= MostBytes - sizeof(int))
        {
            *(int*)(_end - MostBytes) = input.Length;
        }

        return laid.Memory;
    }

    private static byte* MapMemory() => Guard(Map(null, MappedBytes, ProtReadWrite, MapPrivateAnonymous, -1, 0));

    /// <summary>The kernel keeps what was written, however the process ends: an input stands at the file's end.</summary>
    private static byte* MapFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, (long)MappedBytes);
        return Guard(Map(null, MappedBytes, ProtReadWrite, MapShared, (int)file.DangerousGetHandle(), 0));
    }

    private static byte* Guard(byte* start)
    {
        if ((nint)start == -1 || Protect(start + MostBytes, (nuint)Environment.SystemPageSize, ProtNone) != 0)
        {
            throw new InvalidOperationException("There is no memory for the input.");
        }

        return start + MostBytes;
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
