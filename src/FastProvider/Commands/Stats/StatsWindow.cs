using System;
using System.Globalization;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Settings;

namespace FastProvider.Commands.Stats;

/// <summary>Which entries are counted: those since a moment.</summary>
internal sealed class StatsWindow
{
    /// <summary>The longest that is reckoned with: a hundred years.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>As it was given; null for all entries of a file.</summary>
    public string? Since { get; private init; }

    /// <summary>How long the window is; null where only journalctl knows.</summary>
    public TimeSpan? Length { get; private init; }

    /// <summary>Where it begins, in microseconds since 1970; 0 where only journalctl knows, or for all.</summary>
    public long Start { get; private init; }

    /// <summary>The moment as journalctl takes it.</summary>
    public string ForJournalctl => Length is null ? Since! : string.Create(CultureInfo.InvariantCulture, $"@{Start / 1_000_000}");

    /// <summary>In words that follow "in the journal".</summary>
    public string Words => Since is null ? "" : Length is null ? $" since {Since}" : $" of the last {Since}";

    /// <param name="given">The flag's value; null for the default.</param>
    /// <param name="isOfFile">Not journalctl reads the entries.</param>
    /// <param name="window">The window.</param>
    public static Failure? Read(string? given, bool isOfFile, out StatsWindow window)
    {
        var since = given ?? (isOfFile ? null : "24h");
        var isDuration = TryParse(since, out var length);
        window = new StatsWindow
        {
            Since = since,
            Length = isDuration ? length : null,
            Start = isDuration ? (DateTime.UtcNow - DateTime.UnixEpoch - length).Ticks / TimeSpan.TicksPerMicrosecond : 0,
        };
        return isOfFile && since is not null && !isDuration
            ? Argument.Usage(
                $"--since: \"{Argument.Printable(since)}\" is for journalctl; with --from it is a duration, such as 24h or 7d",
                StatsCommand.Definition.Name)
            : null;
    }

    /// <summary>A duration that is not nothing; days alone, as no such duration has days.</summary>
    private static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        return text is [.. var days, 'd'] && int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count > 0 && (duration = TimeSpan.FromDays(count)) <= Longest
            : GoDuration.TryParse(text, Longest, out duration) && duration > TimeSpan.Zero;
    }
}
