using FastProvider.Settings;

namespace FastProvider.Commands.Completion;

/// <summary>Prints the completion script of a shell.</summary>
internal static class CompletionCommand
{
    public static Command Definition => new()
    {
        Name = "completion",
        Operand = FlagShape.OneOf("bash|zsh|fish"),
        Summary = "print the completion script of a shell",
        Description = "Packages install the scripts. Without one, for the running shell: source <(fast-provider completion bash)",
        ExitStatus = "0 it was printed; 1 it could not be.",
        Run = static arguments => CommandOutput.Print(arguments.Operand switch
        {
            "bash" => BashScript.Text(),
            "zsh" => ZshScript.Text(),
            _ => FishScript.Text(),
        }),
    };
}
