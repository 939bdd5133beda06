using FastProvider.Base;

namespace FastProvider.Grants;

/// <summary>What became of a grant that was asked for.</summary>
internal readonly struct GrantAnswer
{
    private GrantAnswer(GrantOutcome outcome) => Outcome = outcome;

    public GrantOutcome Outcome { get; }

    /// <summary>Why the file could not be written.</summary>
    public Failure? Failure { get; private init; }

    /// <summary>What went wrong beside it, for the pull's line.</summary>
    public string? Warning { get; private init; }

    /// <summary>There are as many as there may be: the run goes alone.</summary>
    public static GrantAnswer Full => new(GrantOutcome.Full);

    /// <summary>The slot has ended meanwhile: another is to be asked for.</summary>
    public static GrantAnswer Over => new(GrantOutcome.Over);

    public static GrantAnswer Kept(string? warning) => new(GrantOutcome.Kept) { Warning = warning };

    public static GrantAnswer Failed(Failure failure) => new(GrantOutcome.Failed) { Failure = failure };
}

/// <summary>The kinds of <see cref="GrantAnswer"/>.</summary>
internal enum GrantOutcome
{
    Kept,
    Failed,
    Full,
    Over,
}
