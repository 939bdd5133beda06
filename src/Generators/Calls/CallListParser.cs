using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace FastProvider.Generators.Calls;

/// <summary>Reads the list of refused system calls.</summary>
internal static class CallListParser
{
    private const string Always = "[always]", NothingExecuted = "[where nothing is executed]";

    /// <summary>Reads all lines.</summary>
    /// <param name="path">Of the list, for faults.</param>
    /// <param name="text">The list.</param>
    /// <returns>The calls in their order, and what is wrong with lines.</returns>
    public static (EquatableArray<RefusedCall> Calls, EquatableArray<DiagnosticSpec> Faults) Parse(string path, SourceText text)
    {
        var calls = new List<RefusedCall>();
        var faults = new List<DiagnosticSpec>();
        string? section = null;
        foreach (var line in text.Lines)
        {
            var words = line.ToString().Split([' '], StringSplitOptions.RemoveEmptyEntries);
            var content = string.Join(" ", words);
            if (words.Length == 0 || words[0][0] == '#')
            {
                continue;
            }

            if (content is Always or NothingExecuted)
            {
                section = content;
            }
            else if (section is not null && words.Length >= 3
                && TryNumber(words[1], out var x64) && TryNumber(words[2], out var arm64)
                && !calls.Any(call => call.Name == words[0] || Clash(call.X64, x64) || Clash(call.Arm64, arm64)))
            {
                calls.Add(new RefusedCall(words[0], x64, arm64, section == NothingExecuted));
            }
            else
            {
                faults.Add(new DiagnosticSpec(
                    Diagnostics.WrongCall.Id,
                    new PlaceSpec(path, line.Span, text.Lines.GetLinePositionSpan(line.Span)), content));
            }
        }

        return (new([.. calls]), new([.. faults]));
    }

    private static bool Clash(int one, int other) => one >= 0 && one == other;

    private static bool TryNumber(string word, out int number)
    {
        number = -1;
        return word == "-" || int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
