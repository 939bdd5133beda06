using System.Diagnostics.CodeAnalysis;

namespace FastProvider.Base;

/// <summary>
/// What a step came to: a value, or why there is none. A step without a value returns <c>Failure?</c> alone, as such steps chain
/// with <c>??</c>.
/// </summary>
/// <remarks>Two references, which are returned in registers; nothing is allocated for it.</remarks>
internal readonly struct Result<T>
    where T : class
{
    private Result(T? value, Failure? failure)
    {
        Value = value;
        Failure = failure;
    }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsOk => Failure is null;

    public T? Value { get; }

    public Failure? Failure { get; }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Failure failure) => new(null, failure);
}
