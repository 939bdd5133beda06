using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>One program doing one job.</summary>
/// <param name="Name">Short, for columns and <c>--only</c>.</param>
/// <param name="Work">What it does, for people.</param>
/// <param name="Group">Contenders of one group are drawn side by side.</param>
/// <param name="References">The contenders that its time is divided by, round by round.</param>
/// <param name="Command">How it is run.</param>
internal sealed record Contender(string Name, string Work, string Group, string[] References, Command Command);
