using System;
using FastProvider.Base;

namespace FastProvider.Settings;

/// <summary>
/// Takes command lines apart as Go's flag package does: <c>--flag value</c>, <c>--flag=value</c>, a switch alone, each with one
/// dash or two. So whoever calls the Go provider can call this one.
/// </summary>
internal static class Argument
{
    /// <summary>Takes the flag at <paramref name="index"/>, which then stands at its last word.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="index">Where the flag stands.</param>
    /// <param name="flags">What is known.</param>
    /// <param name="others">What else is known.</param>
    public static GivenFlag Take(
        ReadOnlySpan<string> args, ref int index, ReadOnlySpan<Flag> flags, ReadOnlySpan<Flag> others)
    {
        var equals = args[index].IndexOf('=');
        var name = equals < 0 ? args[index] : args[index][..equals];
        var own = Find(name, flags);
        var other = Find(name, others);
        // generate --agent is the command's; generate --agent none is the setting, as a value of it follows.
        if (own is not null && other is not null && other.Set(new Options(), ValueOf(args, index, equals)) is null)
        {
            own = null;
        }

        if ((own ?? other) is not { } flag)
        {
            return new GivenFlag($"unknown argument \"{Printable(name)}\"");
        }

        var value = equals >= 0 ? args[index][(equals + 1)..]
            : flag.Shape.IsSwitch ? "true"
            : ++index < args.Length ? args[index]
            : "";
        return value.Length == 0 && (equals < 0 || !flag.Shape.MayBeEmpty)
            ? new GivenFlag($"{name}: a value ({flag.Shape.Label ?? "true or false"}) is missing")
            : new GivenFlag(flag, value);
    }

    /// <summary>What a flag that takes a value would take; empty if there is none.</summary>
    private static string ValueOf(ReadOnlySpan<string> args, int index, int equals) =>
        equals >= 0 ? args[index][(equals + 1)..] : index + 1 < args.Length ? args[index + 1] : "";

    /// <summary>What a wrong command line is answered with.</summary>
    /// <param name="what">What is wrong.</param>
    /// <param name="command">Whose line it is; null for the plugin's own.</param>
    public static Failure Usage(string what, string? command) =>
        new($"{what}; fast-provider {(command is null ? "" : command + " ")}--help lists what there is", Failure.WrongUsage);

    /// <summary>The start of what somebody gave, without characters that would colour a terminal.</summary>
    public static string Printable(string text)
    {
        const int shown = 64;
        var start = text.Length > shown ? text[..shown] : text;
        return string.Create(start.Length, start, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }

    /// <summary>What a person asks for with this word; null if it asks for nothing of the kind.</summary>
    /// <param name="word">Of the command line.</param>
    /// <param name="inquiry">None if it says that nothing is asked, as <c>--version=false</c> does.</param>
    /// <returns>Whether it is such a word.</returns>
    public static bool TryInquiry(string word, out Inquiry inquiry)
    {
        var equals = word.IndexOf('=');
        inquiry = NameOf(equals < 0 ? word : word.AsSpan(0, equals)) switch
        {
            "help" or "h" => Inquiry.Help,
            "version" => Inquiry.Version,
            "version-json" => Inquiry.VersionJson,
            _ => Inquiry.None,
        };
        var isOn = equals < 0 ? true : Truth(word.AsSpan(equals + 1));
        var isKnown = inquiry is not Inquiry.None && isOn is not null;
        inquiry = isOn is true ? inquiry : Inquiry.None;
        return isKnown;
    }

    /// <summary>The truth values of Go's strconv.ParseBool; null for anything else.</summary>
    private static bool? Truth(ReadOnlySpan<char> value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>Without its one or two dashes; empty if it has none.</summary>
    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> argument) =>
        argument.StartsWith("--") ? argument[2..] : argument.StartsWith("-") ? argument[1..] : default;

    private static Flag? Find(string argument, ReadOnlySpan<Flag> flags)
    {
        var name = NameOf(argument);
        foreach (var flag in flags)
        {
            if (name.SequenceEqual(flag.Name))
            {
                return flag;
            }
        }

        return null;
    }
}
