using System;

namespace FastProvider.Commands.Doctor;

/// <summary>The findings for people: what is wrong stands out, what is well is one line.</summary>
internal static class DoctorText
{
    private const int WordWidth = 8, IdWidth = 21, MaxItems = 20;

    public static int Send(Checkup checkup, int status)
    {
        var page = new Page();
        foreach (var finding in checkup.Findings)
        {
            page.Line($"{Word(finding.Level).PadRight(WordWidth)} {finding.Id.PadRight(IdWidth)} {finding.Message}");
            var indent = new string(' ', WordWidth + IdWidth + 2);
            for (var i = 0; i < Math.Min(finding.Items.Count, MaxItems); i++)
            {
                page.Line($"{indent}  - {finding.Items[i]}");
            }

            if (finding.Items.Count > MaxItems)
            {
                page.Line($"{indent}  - and {finding.Items.Count - MaxItems} more (--output json has all)");
            }

            if (finding.Cure is not null)
            {
                page.Line($"{indent}-> {finding.Cure}");
            }
        }

        page.Line();
        page.Line($"{Count(checkup, Level.Problem)}, {Count(checkup, Level.Warning)},"
            + $" {checkup.Count(Level.Unknown)} could not be checked.");
        return page.Send(status);
    }

    /// <summary>A problem stands out.</summary>
    private static string Word(Level level) => level is Level.Problem ? level.Word().ToUpperInvariant() : level.Word();

    private static string Count(Checkup checkup, Level level)
    {
        var count = checkup.Count(level);
        return $"{count} {level.Word()}{(count == 1 ? "" : "s")}";
    }
}
