using System;
using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Settings;

namespace FastProvider.Commands;

/// <summary>The checked arguments of a command.</summary>
internal sealed class CommandArguments
{
    private readonly List<string> _names = [];
    private readonly List<string> _values = [];

    private CommandArguments(Func<string, string?> variable) => Variable = variable;

    /// <summary>Help is asked for; nothing else was looked at then.</summary>
    public bool AsksForHelp { get; private set; }

    /// <summary>What follows the name; empty if the command takes none.</summary>
    public string Operand { get; private set; } = "";

    /// <summary>The settings of a pull; the defaults unless the command takes them.</summary>
    public Options Pull { get; private set; } = new();

    /// <summary>Looks an environment variable up.</summary>
    public Func<string, string?> Variable { get; }

    /// <summary>The value of a flag, the command's own or a pull's; null if it was not given.</summary>
    public string? this[Flag flag]
    {
        get
        {
            var index = _names.LastIndexOf(flag.Name);
            return index < 0 ? null : _values[index];
        }
    }

    /// <summary>Whether a switch is on.</summary>
    public bool Has(Flag flag) => this[flag] is "true";

    /// <param name="command">Whose arguments they are.</param>
    /// <param name="args">Without the command's name.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="arguments">The arguments.</param>
    public static Failure? Read(Command command, ReadOnlySpan<string> args, Func<string, string?> variable, out CommandArguments arguments)
    {
        arguments = new CommandArguments(variable);
        var wrongVariable = command.TakesPullFlags ? arguments.Pull.SetFrom(variable) : null;
        for (var i = 0; i < args.Length; i++)
        {
            if (Argument.TryInquiry(args[i], out var inquiry) && inquiry is Inquiry.Help)
            {
                arguments.AsksForHelp = true;
                return null;
            }

            var wrong = args[i].StartsWith('-') && args[i] != "-"
                ? arguments.TakeFlag(command, args, ref i)
                : arguments.TakeOperand(command, args[i]);
            if (wrong is not null)
            {
                return Argument.Usage(wrong, command.Name);
            }
        }

        return command.Operand is not null && !command.OperandMayBeMissing && arguments.Operand.Length == 0
            ? Argument.Usage($"{command.Name} takes one argument: {command.Operand}", command.Name)
            : wrongVariable ?? (command.TakesPullFlags ? arguments.Pull.CheckTogether() : null);
    }

    /// <summary>Takes other settings of a pull than the defaults; what variables and flags say here still counts for more.</summary>
    public Failure? Configure(Options basis)
    {
        var failure = basis.SetFrom(Variable);
        for (var i = 0; i < _names.Count; i++)
        {
            if (Array.Find(Flag.All, flag => flag.Name == _names[i]) is { } flag)
            {
                _ = basis.Set(flag, _values[i]); // it was taken before
            }
        }

        Pull = basis;
        return failure ?? basis.CheckTogether();
    }

    private string? TakeFlag(Command command, ReadOnlySpan<string> args, ref int index)
    {
        if (Argument.Take(args, ref index, command.Flags, command.TakesPullFlags ? Flag.All : default, out var flag, out var value) is { } wrong)
        {
            return wrong;
        }

        _names.Add(flag!.Name);
        _values.Add(value);
        if (flag.Variable is not null)
        {
            return Pull.Set(flag, value) is { } refused ? $"--{flag.Name}: {refused}" : null;
        }

        return IsOneOf(flag.Value ?? "true|false", value) ? null : $"--{flag.Name}: \"{Argument.Printable(value)}\" is none of {Choices(flag.Value ?? "true|false")}";
    }

    private string? TakeOperand(Command command, string operand)
    {
        if (command.Operand is null || Operand.Length > 0)
        {
            return $"unexpected argument \"{Argument.Printable(operand)}\"";
        }

        Operand = operand;
        return IsOneOf(command.Operand, operand) ? null : $"\"{Argument.Printable(operand)}\" is none of {Choices(command.Operand)}";
    }

    private static bool IsOneOf(string choices, string value) =>
        !choices.Contains('|') || (!value.Contains('|') && $"|{choices}|".Contains($"|{value}|", StringComparison.Ordinal));

    private static string Choices(string value) => value.Replace("|", ", ", StringComparison.Ordinal);
}
