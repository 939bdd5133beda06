using System;
using System.Collections.Generic;

namespace FastProvider.Node;

/// <summary>
/// Flags on the command line of another program, as pflag reads them: <c>--flag=value</c> and <c>--flag value</c>, and <c>--</c>
/// ends them. An underscore in a flag's name is a dash, as the programs of Kubernetes have it (component-base,
/// WordSepNormalizeFunc). What is no flag that is sought is passed over.
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
            if (!IsNamed(argument, flag))
            {
                continue;
            }

            if (argument.Length > flag.Length)
            {
                values.Add(argument[(flag.Length + 1)..]);
            }
            else if (index + 1 < arguments.Length)
            {
                values.Add(arguments[++index]);
            }
        }

        return values;
    }

    /// <summary>The words before the first flag, without the program's name: the name of a program inside a larger one.</summary>
    public static string[] WordsBefore(ReadOnlySpan<string> arguments)
    {
        var end = 1;
        while (end < arguments.Length && !arguments[end].StartsWith('-'))
        {
            end++;
        }

        return arguments.Length == 0 ? [] : arguments[1..end].ToArray();
    }

    /// <summary>
    /// Whether a name with an underscore for a dash here and there is another name, up to its end or an equals sign.
    /// </summary>
    public static bool IsNamed(string argument, string name)
    {
        if (argument.Length < name.Length || (argument.Length > name.Length && argument[name.Length] != '='))
        {
            return false;
        }

        for (var i = 0; i < name.Length; i++)
        {
            // The dashes in front are dashes.
            if (argument[i] != name[i] && !(argument[i] == '_' && name[i] == '-' && i > 1))
            {
                return false;
            }
        }

        return true;
    }
}
