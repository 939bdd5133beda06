namespace FastProvider.Toml;

/// <summary>Why a text was not read.</summary>
/// <param name="At">The offset of the byte where it shows.</param>
/// <param name="What">What is wrong, in words that follow file and line; one line of printable ASCII.</param>
/// <param name="IsOurBound">A bound of this program was crossed: the reference library's decoder has no such bound.</param>
internal sealed record TomlFault(int At, string What, bool IsOurBound = false);
