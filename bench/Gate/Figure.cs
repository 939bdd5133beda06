namespace FastProvider.Bench.Gate;

/// <summary>One low-noise measurement; less is better.</summary>
/// <param name="Name">KIND/WHAT, such as <c>instructions/unmirrored</c>.</param>
/// <param name="Unit">Such as "B" or "calls".</param>
/// <param name="Value">Measured now.</param>
internal readonly record struct Figure(string Name, string Unit, double Value)
{
    /// <summary>What stands before the slash.</summary>
    public string Kind => Name[..Name.IndexOf('/', StringComparison.Ordinal)];
}
