namespace FastProvider.Tests.Grants;

/// <summary>What can be told of a slot from outside.</summary>
/// <param name="File">What lies there; null for nothing.</param>
/// <param name="Grants">How many pods' pulls are to find a file.</param>
/// <param name="IsLocked">Nobody else can have the slot's turn.</param>
/// <param name="Pulls">Files that CRI-O has in use.</param>
internal readonly record struct Observation(string? File, int Grants, bool IsLocked, int Pulls);
