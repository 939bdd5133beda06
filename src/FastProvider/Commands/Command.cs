using System;
using FastProvider.Commands.Agent;
using FastProvider.Commands.Completion;
using FastProvider.Commands.Doctor;
using FastProvider.Commands.Explain;
using FastProvider.Commands.Generate;
using FastProvider.Commands.Install;
using FastProvider.Commands.Man;
using FastProvider.Commands.Stats;
using FastProvider.Settings;

namespace FastProvider.Commands;

/// <summary>
/// What a person asks of the program beside pulls: <c>fast-provider NAME [OPERAND] [FLAG ...]</c>. The parser, the help, the man
/// page and the completion of shells are made of this one definition.
/// </summary>
internal sealed class Command
{
    public required string Name { get; init; }

    /// <summary>What follows the name; null for nothing.</summary>
    public FlagShape? Operand { get; init; }

    /// <summary>Another of its flags may say what the operand says.</summary>
    public bool OperandMayBeMissing { get; init; }

    /// <summary>A line without a full stop, for the list of commands.</summary>
    public required string Summary { get; init; }

    /// <summary>Paragraphs with an empty line between, each on lines of at most 100 characters.</summary>
    public required string Description { get; init; }

    /// <summary>Its own flags.</summary>
    public Flag[] Flags { get; init; } = [];

    /// <summary>Whether it also takes the flags and variables of a pull.</summary>
    public bool TakesPullFlags { get; init; }

    /// <summary>Which of those count, where not all do.</summary>
    public string PullFlagsNote { get; init; } = "The flags and variables of a pull count here, too";

    /// <summary>What 0 and 1 mean; 2 is wrong usage for all of them.</summary>
    public required string ExitStatus { get; init; }

    /// <summary>An example a line, perhaps with a comment behind it.</summary>
    public string[] Examples { get; init; } = [];

    /// <summary>Does it and gives back the exit status.</summary>
    public required CommandRun Run { get; init; }

    /// <summary>All of them, in the order of the help.</summary>
    public static Command[] All =>
    [
        ExplainCommand.Definition,
        DoctorCommand.Definition,
        GenerateCommand.Definition,
        StatsCommand.Definition,
        AgentCommand.Definition,
        InstallCommand.Definition,
        RollbackCommand.Definition,
        CompletionCommand.Definition,
        ManCommand.Definition,
    ];

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>Its exit status; null if the arguments are those of a pull.</returns>
    public static int? RunNamed(string[] args, Func<string, string?> variable)
    {
        if (args is not [var name, ..] || name.StartsWith('-'))
        {
            return null;
        }

        foreach (var command in All)
        {
            if (command.Name == name)
            {
                CommandMemory.Allow();
                return CommandArguments.Read(command, args.AsSpan(1), variable, out var arguments) is { } wrong
                    ? CommandOutput.Fail(wrong)
                    : arguments.AsksForHelp ? CommandOutput.Print(Help.Of(command))
                    : command.Run(arguments);
            }
        }

        return null;
    }
}

/// <summary>What a command does.</summary>
internal delegate int CommandRun(CommandArguments arguments);
