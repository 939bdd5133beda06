using System.Text;
using FastProvider.Base;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// What a target demands of its parser for every input. The words say which law was broken, never what the input holds: that is
/// the file to look at, and it may be somebody's credential.
/// </summary>
internal static class Law
{
    public static void Holds(bool holds, string law)
    {
        if (!holds)
        {
            throw new LawBrokenException(law);
        }
    }

    /// <summary>Two ways to read the input must come to the same.</summary>
    public static void Same(string? one, string? other, string law) =>
        Holds(string.Equals(one, other, StringComparison.Ordinal), law);

    /// <summary>What is printed of a failure or warning is one line for the kubelet's log and the journal.</summary>
    public static void IsOneLine(string? message)
    {
        if (message is not null)
        {
            var printed = Encoding.UTF8.GetString(new SafeText().Append(message).Bytes);
            Holds(!printed.Any(char.IsControl), "what is printed is one line without control characters");
        }
    }
}

/// <summary>A target's law does not hold for an input.</summary>
internal sealed class LawBrokenException(string law) : Exception(law);
