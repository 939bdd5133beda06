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
        page.Line($"{Count(checkup, Level.Problem, "problem")}, {Count(checkup, Level.Warning, "warning")},"
            + $" {checkup.Count(Level.Unknown)} could not be checked.");
        return page.Send(status);
    }

    public static string Word(Level level) => level switch
    {
        Level.Ok => "ok",
        Level.Note => "note",
        Level.Unknown => "unknown",
        Level.Warning => "warning",
        _ => "PROBLEM",
    };

    private static string Count(Checkup checkup, Level level, string word)
    {
        var count = checkup.Count(level);
        return $"{count} {word}{(count == 1 ? "" : "s")}";
    }
}
