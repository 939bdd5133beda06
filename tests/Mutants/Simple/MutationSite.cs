namespace FastProvider.Mutants.Simple;

/// <summary>
/// One small change that can be switched on in a build that holds all of them. It is text put before and behind a piece of the
/// source, so the lines of the file stay where they are and a compiler's error leads back to its site.
/// </summary>
/// <param name="Number">What switches it on: a number above 0, the same for the same source.</param>
/// <param name="File">Relative to the repository.</param>
/// <param name="Start">Where the piece begins, in characters.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Lines">The first and the last line of the piece, counted from 1.</param>
/// <param name="Member">Where the member around it begins and ends, in lines.</param>
/// <param name="Before">What is put before the piece.</param>
/// <param name="Behind">What is put behind it.</param>
/// <param name="What">The change in words.</param>
internal sealed record MutationSite(
    int Number, string File, int Start, int End, (int First, int Last) Lines, (int First, int Last) Member, string Before,
    string Behind, string What)
{
    public override string ToString() => $"{File}:{Lines.First} {What}";
}
