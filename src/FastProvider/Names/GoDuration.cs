using System;
using System.Buffers;
using System.Globalization;

namespace FastProvider.Names;

/// <summary>
/// Durations as they are written in a kubelet's configuration: decimal numbers with a unit, one after the other, as in
/// <c>1m30s</c> or <c>1.5s</c> (Go, time.ParseDuration).
/// </summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration of a day at most: more than any budget here can be.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration) =>
        TryParse(text, TimeSpan.FromDays(1), out duration);

    /// <summary>Whether it is a duration of any length, perhaps with a sign, or a bare zero.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var unsigned = text.StartsWith("-") || text.StartsWith("+") ? text[1..] : text;
        return unsigned is "0" || TryParse(unsigned, TimeSpan.FromDays(100_000), out _);
    }

    /// <summary>Reads a duration that is not over a bound.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, TimeSpan longest, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var unitLength = rest.IndexOfAny(NumberCharacters);
            var unit = unitLength < 0 ? rest : rest[..unitLength];
            double? milliseconds = unit switch
            {
                "h" => 3_600_000,
                "m" => 60_000,
                "s" => 1_000,
                "ms" => 1,
                "us" or "\u00b5s" or "\u03bcs" => 0.001,
                "ns" => 0.000_001,
                _ => null,
            };
            // Before it is added, so that nothing overflows.
            if (milliseconds is null || number * milliseconds.Value + duration.TotalMilliseconds > longest.TotalMilliseconds)
            {
                return false;
            }

            duration += TimeSpan.FromMilliseconds(number * milliseconds.Value);
            rest = rest[unit.Length..];
        }

        return !text.IsEmpty;
    }
}
