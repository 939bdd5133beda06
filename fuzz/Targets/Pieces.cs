namespace FastProvider.Fuzz.Targets;

/// <summary>
/// An input for a parser that reads in pieces: its first two bytes are the sizes of the pieces, in turn (0 means 256), the rest
/// is the text. So the guided search can move the cuts, too.
/// </summary>
internal readonly struct Pieces
{
    private readonly int _odd, _even;

    private Pieces(ReadOnlyMemory<byte> text, byte odd, byte even)
    {
        Text = text;
        _odd = odd == 0 ? 256 : odd;
        _even = even == 0 ? 256 : even;
    }

    public ReadOnlyMemory<byte> Text { get; }

    /// <returns>False if the input is too short to say the sizes.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> input, out Pieces pieces)
    {
        pieces = input.Length < 2 ? default : new Pieces(input[2..], input.Span[0], input.Span[1]);
        return input.Length >= 2;
    }

    public IEnumerable<ReadOnlyMemory<byte>> All()
    {
        var isOdd = true;
        for (var at = 0; at < Text.Length; isOdd = !isOdd)
        {
            var size = Math.Min(isOdd ? _odd : _even, Text.Length - at);
            yield return Text.Slice(at, size);
            at += size;
        }
    }
}
