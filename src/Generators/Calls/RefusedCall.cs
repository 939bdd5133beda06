namespace FastProvider.Generators.Calls;

/// <summary>A system call of the list.</summary>
/// <param name="Name">As its manual calls it.</param>
/// <param name="X64">Its number on x86_64; negative if there is none.</param>
/// <param name="Arm64">Its number on arm64; negative if there is none.</param>
/// <param name="IsExecution">It is refused only where nothing is executed.</param>
internal sealed record RefusedCall(string Name, int X64, int Arm64, bool IsExecution);
