using System.Collections.Generic;
using FastProvider.Generators;

namespace FastProvider.Commands.Doctor;

/// <summary>What one check found.</summary>
/// <param name="id">One of <see cref="FindingId"/>.</param>
/// <param name="level">How much it matters.</param>
/// <param name="message">What is so, and where.</param>
/// <param name="cure">What to do; null where nothing is to be done.</param>
internal sealed class Finding(string id, Level level, string message, string? cure)
{
    public string Id => id;

    public Level Level => level;

    public string Message => message;

    public string? Cure => cure;

    /// <summary>What it is about, one by one: files, prefixes, images.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];
}

/// <summary>How much a finding matters.</summary>
internal enum Level
{
    /// <summary>As it should be.</summary>
    [Utf8Name("ok")]
    Ok,

    /// <summary>Good to know; nothing is wrong.</summary>
    [Utf8Name("note")]
    Note,

    /// <summary>Could not be looked at.</summary>
    [Utf8Name("unknown")]
    Unknown,

    /// <summary>Pulls get their credentials; something else is not as one would want it.</summary>
    [Utf8Name("warning")]
    Warning,

    /// <summary>Pulls do not get what they should, or somebody gets more than he should.</summary>
    [Utf8Name("problem")]
    Problem,
}

/// <summary>The words of the levels.</summary>
internal static partial class Levels
{
    [Utf8Word]
    public static partial string Word(this Level level);
}
