using System;

namespace FastProvider.Commands.Doctor;

/// <summary>The findings for people: what is wrong stands out, what is well is one line.</summary>
internal static class DoctorText
{
    private const int WordWidth = 8, IdWidth = 21, MaxItems = 20;

    public static int Send(DoctorRun run, int status)
    {
        var output = new CommandOutput();
        foreach (var finding in run.Findings)
        {
            output.Line($"{Word(finding.Level).PadRight(WordWidth)} {finding.Id.PadRight(IdWidth)} {finding.Message}");
            var indent = new string(' ', WordWidth + IdWidth + 2);
            for (var i = 0; i < Math.Min(finding.Items.Count, MaxItems); i++)
            {
                output.Line($"{indent}  - {finding.Items[i]}");
            }

            if (finding.Items.Count > MaxItems)
            {
                output.Line($"{indent}  - and {finding.Items.Count - MaxItems} more (--output json has all)");
            }

            if (finding.Cure is not null)
            {
                output.Line($"{indent}-> {finding.Cure}");
            }
        }

        output.Line();
        output.Line($"{Count(run, Level.Problem)}, {Count(run, Level.Warning)},"
            + $" {run.Count(Level.Unknown)} could not be checked.");
        return output.Send(status);
    }

    /// <summary>A problem stands out.</summary>
    private static string Word(Level level) => level is Level.Problem ? level.Word().ToUpperInvariant() : level.Word();

    private static string Count(DoctorRun run, Level level)
    {
        var count = run.Count(level);
        return $"{count} {level.Word()}{(count == 1 ? "" : "s")}";
    }
}
