using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using FastProvider.Native;

namespace FastProvider.Json;

/// <summary>What may come next between two tokens.</summary>
internal enum JsonExpected : byte
{
    /// <summary>At the start of the document, behind a colon, or behind a comma of an array.</summary>
    Value,

    /// <summary>At the start of an array.</summary>
    ValueOrEnd,

    /// <summary>Behind a comma of an object.</summary>
    Name,

    /// <summary>At the start of an object.</summary>
    NameOrEnd,

    /// <summary>Behind a name.</summary>
    Colon,

    /// <summary>Behind a value in an object or array.</summary>
    CommaOrEnd,

    /// <summary>Behind the document: white space.</summary>
    Nothing,
}

/// <summary>A token that the end of a piece has cut.</summary>
internal enum CutToken : byte
{
    None,
    Name,

    /// <summary>The name is whole, its colon is still to come.</summary>
    NameWithoutColon,
    String,
    Number,
    Literal,
}

/// <summary>
/// A document under way: what <see cref="JsonPieceReader"/> must remember from one piece for the next. Nothing of a value that is
/// passed over is kept, however long it is; of one that is wanted, and of a name, what came before the cut.
/// </summary>
/// <param name="maxDepth">How many objects and arrays may be open at once.</param>
internal sealed class JsonReading(int maxDepth) : IDisposable
{
    /// <summary>Where nothing is passed over.</summary>
    public const int NotPassing = -1;

    private readonly SecretBuffer _outerLevels = new();
    private JsonNesting _nesting;
    private CutPlace _place;

    public int MaxDepth => maxDepth;

    /// <summary>The open objects and arrays.</summary>
    public ref JsonNesting Nesting => ref _nesting;

    public JsonExpected Expected { get; set; }

    public CutToken Cut { get; set; }

    /// <summary>Where in the cut token its piece has ended.</summary>
    public ref CutPlace Place => ref _place;

    /// <summary>A value is passed over that ends when as many objects and arrays are open.</summary>
    public int PassingTo { get; set; } = NotPassing;

    /// <summary>The bytes of the cut token that have come, its quotation mark first; empty for one that is passed over.</summary>
    public SecretBuffer Kept { get; } = new();

    /// <summary>How many bytes of the cut token have come, kept or not.</summary>
    public long CutBytes { get; set; }

    /// <summary>Makes ready for a document.</summary>
    public void Start()
    {
        _nesting = default;
        _outerLevels.Clear();
        Expected = JsonExpected.Value;
        PassingTo = NotPassing;
        EndCut();
    }

    /// <summary>Forgets the token that was cut.</summary>
    public void EndCut()
    {
        Cut = CutToken.None;
        CutBytes = 0;
        _place = default;
        Kept.Clear();
    }

    /// <summary>Keeps a word of levels that are open around those to come.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void KeepLevels(ulong levels)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_outerLevels.GetSpan(sizeof(ulong)), levels);
        _outerLevels.Advance(sizeof(ulong));
    }

    /// <summary>Takes the last such word back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong TakeLevels()
    {
        var start = _outerLevels.Length - sizeof(ulong);
        var levels = BinaryPrimitives.ReadUInt64LittleEndian(_outerLevels.WrittenSpan[start..]);
        _outerLevels.Truncate(start);
        return levels;
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public void Release()
    {
        Kept.Release();
        _outerLevels.Release();
    }

    public void Dispose() => Release();
}
