namespace FastProvider.Mutants;

/// <summary>What became of a mutant.</summary>
internal enum Outcome
{
    Killed,
    Survived,

    /// <summary>Not killed: the mutant itself must be mended.</summary>
    DoesNotBuild,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="Why">How many tests failed, or what went wrong.</param>
internal sealed record Verdict(Outcome Outcome, string Why);
