using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Commands.Doctor;

/// <summary>What an agent says of itself: lines with a name, a colon and a value. Another version may say less or more.</summary>
internal sealed class AgentReport
{
    private const string Failed = "failed";

    private readonly List<(string Name, string Value)> _lines = [];

    private AgentReport()
    {
    }

    /// <summary>The value of a line, "?" where there is no such line.</summary>
    public string this[string name] => _lines.Find(line => line.Name == name).Value ?? "?";

    /// <returns>Null if it says no version, so is no such text.</returns>
    public static AgentReport? Read(string text)
    {
        var report = new AgentReport();
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0)
            {
                report._lines.Add((line[..colon], line[(colon + 2)..]));
            }
        }

        return report["version"] is "?" ? null : report;
    }

    /// <summary>A value that begins with seconds, as "12 s ago"; null if it does not.</summary>
    public TimeSpan? Seconds(string name) =>
        this[name].Split(' ') is [var number, "s", ..]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Pulls that failed on the way to the API server after a time, as the agent spells them.</summary>
    public List<string> FailuresSince(DateTime utc)
    {
        List<string> failures = [];
        foreach (var (name, value) in _lines)
        {
            // The time, a space, the word of the cause, and perhaps more behind a comma.
            if (name == Failed && value.Split(' ', 3) is [var at, var cause, ..]
                && DateTime.TryParse(
                    at, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var failedAt)
                && failedAt > utc
                && FailureCauses.Find(Encoding.UTF8.GetBytes(cause.TrimEnd(',')))
                    is FailureCause.ApiUnreachable or FailureCause.ApiBroken or FailureCause.ApiLate
                    or FailureCause.ApiUntrusted or FailureCause.NotTheApiServer)
            {
                failures.Add(value);
            }
        }

        return failures;
    }
}
