using System.Diagnostics.CodeAnalysis;

namespace FastProvider.Settings;

/// <summary>A flag of a command line with its value, or what is wrong with the word.</summary>
internal readonly struct GivenFlag
{
    public GivenFlag(Flag flag, string value) => (Flag, Value) = (flag, value);

    public GivenFlag(string wrong) => Wrong = wrong;

    [MemberNotNullWhen(true, nameof(Flag), nameof(Value))]
    [MemberNotNullWhen(false, nameof(Wrong))]
    public bool IsOk => Wrong is null;

    public Flag? Flag { get; }

    /// <summary>"true" for a switch alone.</summary>
    public string? Value { get; }

    public string? Wrong { get; }
}
