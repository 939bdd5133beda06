using System;
using FastProvider.Base;

namespace FastProvider.Transport;

/// <summary>The ways in which an exchange, or one answer of it, ends.</summary>
internal enum ApiEndKind
{
    /// <summary>All was answered and taken.</summary>
    Done,

    /// <summary>The API server answered with a status that was not to be taken.</summary>
    Refused,

    /// <summary>The connection failed.</summary>
    Broken,

    /// <summary>There is a failure that no other try would change.</summary>
    Hopeless,
}

/// <summary>How an exchange ended, or one answer of it.</summary>
internal readonly struct ApiEnd
{
    public static ApiEnd Done => default;

    public ApiEndKind Kind { get; private init; }

    public bool IsDone => Kind is ApiEndKind.Done;

    /// <summary>Which of the questions it is about.</summary>
    public int Index { get; init; }

    /// <summary>How many tries there were.</summary>
    public int Tries { get; init; }

    /// <summary>0 unless refused.</summary>
    public int Status { get; private init; }

    /// <summary>How long the server asks to wait, if it does.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The API server's own words for a refusal, or empty.</summary>
    public string Message { get; private init; }

    /// <summary>Refused, as the API server's watch cache is not filled yet. Its store may answer nevertheless.</summary>
    public bool IsCacheUnready { get; private init; }

    /// <summary>Set if broken.</summary>
    public ConnectionFault? Fault { get; private init; }

    /// <summary>The connection carried answers before and ended without a word: it was over before it was asked.</summary>
    public bool WasStale { get; init; }

    /// <summary>Set if hopeless.</summary>
    public Failure? Failure { get; private init; }

    public static ApiEnd Refused(in HttpHead head, string message, bool isCacheUnready = false) => new()
    {
        Kind = ApiEndKind.Refused,
        Status = head.Status,
        RetryAfter = head.RetryAfter,
        Message = message,
        IsCacheUnready = isCacheUnready,
    };

    public static ApiEnd Broken(ConnectionFault fault) => new() { Kind = ApiEndKind.Broken, Fault = fault };

    public static ApiEnd Hopeless(Failure failure) => new() { Kind = ApiEndKind.Hopeless, Failure = failure };
}
