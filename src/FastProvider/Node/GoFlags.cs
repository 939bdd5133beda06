using System;
using System.Collections.Generic;

namespace FastProvider.Node;

/// <summary>
/// Flags on the command line of another program, as pflag reads them: <c>--flag=value</c> and <c>--flag value</c>, and <c>--</c> ends
/// them. What is no flag that is sought is passed over.
/// </summary>
internal static class GoFlags
{
    /// <summary>The last value of a flag, which counts; null if it is not there or empty.</summary>
    /// <param name="arguments">With the program's name.</param>
    /// <param name="flag">With its dashes.</param>
    public static string? Last(ReadOnlySpan<string> arguments, string flag) =>
        All(arguments, flag) is [.., { Length: > 0 } value] ? value : null;

    /// <summary>All values of a flag, in order.</summary>
    public static List<string> All(ReadOnlySpan<string> arguments, string flag)
    {
        List<string> values = [];
        for (var index = 1; index < arguments.Length && arguments[index] != "--"; index++)
        {
            var argument = arguments[index];
            if (argument == flag && index + 1 < arguments.Length)
            {
                values.Add(arguments[++index]);
            }
            else if (argument.Length > flag.Length && argument[flag.Length] == '=' && argument.StartsWith(flag, StringComparison.Ordinal))
            {
                values.Add(argument[(flag.Length + 1)..]);
            }
        }

        return values;
    }
}
