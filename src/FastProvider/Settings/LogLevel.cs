using FastProvider.Generators;

namespace FastProvider.Settings;

/// <summary>How much is said of a pull.</summary>
internal enum LogLevel
{
    /// <summary>Only what makes the pull go on without us.</summary>
    [Utf8Name("error")]
    Error,

    /// <summary>Also a pull with warnings.</summary>
    [Utf8Name("warning")]
    Warning,

    /// <summary>One line for each pull of a mirrored image.</summary>
    [Utf8Name("info")]
    Info,

    /// <summary>Also a line for each pull that is none of our business.</summary>
    [Utf8Name("debug")]
    Debug,
}

/// <summary>The words of the levels: those of the flag.</summary>
internal static partial class LogLevels
{
    /// <returns>Null for any other word.</returns>
    [Utf8Find]
    public static partial LogLevel? Find(string word);
}
