using System;
using FastProvider.Base;
using FastProvider.Settings;

namespace FastProvider.Commands;

/// <summary>The checked arguments of a command.</summary>
internal sealed class CommandArguments
{
    private Given? _first;
    private Given? _last;

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
            string? value = null;
            for (var given = _first; given is not null; given = given.Next)
            {
                // By name, as a command makes its flags anew when it is asked for them.
                var isIt = given.Flag.Name == flag.Name && given.Flag.Variable is null == flag.Variable is null;
                value = isIt ? given.Value : value;
            }

            return value;
        }
    }

    /// <summary>The value of a flag of a pull, as it was given here; null if it was not.</summary>
    /// <param name="name">Without dashes.</param>
    public string? OfPull(string name)
    {
        string? value = null;
        foreach (var flag in Options.Flags)
        {
            value = flag.Name == name ? this[flag] : value;
        }

        return value;
    }

    /// <summary>Whether a switch is on.</summary>
    public bool Has(Flag flag) => this[flag] is "true";

    /// <param name="command">Whose arguments they are.</param>
    /// <param name="args">Without the command's name.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="arguments">The arguments.</param>
    public static Failure? Read(
        Command command, ReadOnlySpan<string> args, Func<string, string?> variable, out CommandArguments arguments)
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
            ? Argument.Usage($"{command.Name} takes one argument: {command.Operand.Value.Label}", command.Name)
            : wrongVariable ?? (command.TakesPullFlags ? arguments.Pull.CheckTogether() : null);
    }

    /// <summary>
    /// Takes other settings of a pull than the defaults; what variables and flags say here still counts for more.
    /// </summary>
    public Failure? Configure(Options basis)
    {
        var failure = basis.SetFrom(Variable);
        for (var given = _first; given is not null; given = given.Next)
        {
            // It was taken before.
            _ = given.Flag.Variable is null ? null : given.Flag.Set(basis, given.Value);
        }

        Pull = basis;
        return failure ?? basis.CheckTogether();
    }

    private string? TakeFlag(Command command, ReadOnlySpan<string> args, ref int index)
    {
        var given = Argument.Take(args, ref index, command.Flags, command.TakesPullFlags ? Options.Flags : default);
        if (!given.IsOk)
        {
            return given.Wrong;
        }

        var (flag, value) = (given.Flag, given.Value);
        Keep(new Given(flag, value));
        var refused = flag.Variable is not null ? flag.Set(Pull, value) : Refused(flag.Shape, value);
        return refused is null ? null : $"--{flag.Name}: {refused}";
    }

    private void Keep(Given given)
    {
        if (_last is null)
        {
            _first = given;
        }
        else
        {
            _last.Next = given;
        }

        _last = given;
    }

    private string? TakeOperand(Command command, string operand)
    {
        if (command.Operand is not { } shape || Operand.Length > 0)
        {
            return $"unexpected argument \"{Argument.Printable(operand)}\"";
        }

        Operand = operand;
        return Refused(shape, operand);
    }

    /// <summary>What is wrong with a value that only has to be one of some words.</summary>
    private static string? Refused(FlagShape shape, string value)
    {
        var words = shape.IsSwitch ? FlagShape.OneOf("true|false") : shape;
        return !words.IsChoice || Array.IndexOf(words.Words, value) >= 0 ? null : words.Refuse(value);
    }

    /// <summary>
    /// A flag of the line, and the one behind it. A list of pairs would be a collection of its own, which costs at each start.
    /// </summary>
    private sealed class Given(Flag flag, string value)
    {
        public Flag Flag => flag;

        public string Value => value;

        public Given? Next { get; set; }
    }
}
