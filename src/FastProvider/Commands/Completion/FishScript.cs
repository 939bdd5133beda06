using System;
using System.Text;
using FastProvider.Settings;

namespace FastProvider.Commands.Completion;

/// <summary>For fish: one line for each word.</summary>
internal static class FishScript
{
    public static string Text()
    {
        var script = new StringBuilder(
            "# fish completion for fast-provider, printed by: fast-provider completion fish\ncomplete -c fast-provider -f\n");
        var names = new StringBuilder();
        var withPullFlags = new StringBuilder();
        foreach (var command in Command.All)
        {
            names.Append(' ').Append(command.Name);
            withPullFlags.Append(command.TakesPullFlags ? $" {command.Name}" : "");
        }

        var noCommand = $"not __fish_seen_subcommand_from{names}";
        foreach (var command in Command.All)
        {
            Append(script, noCommand, $"-a {command.Name}", command.Summary);
            var isThis = $"__fish_seen_subcommand_from {command.Name}";
            if (command.Operand is { IsChoice: true } operand)
            {
                Append(script, isThis, $"-a '{string.Join(' ', operand.Words)}'", "");
            }

            AppendFlags(script, isThis, command.Flags);
        }

        AppendFlags(script, $"{noCommand}; or __fish_seen_subcommand_from{withPullFlags}", Options.Flags);
        Append(script, noCommand, "-l version", "print the version");
        Append(script, noCommand, "-l version-json", "print the version as JSON");
        return script.Append("complete -c fast-provider -l help -d 'say what there is'\n").ToString();
    }

    private static void AppendFlags(StringBuilder script, string condition, ReadOnlySpan<Flag> flags)
    {
        foreach (var flag in flags)
        {
            Append(script, condition, $"-l {flag.Name}" + flag.Shape switch
            {
                { IsSwitch: true } => "",
                { IsFile: true } => " -r -F",
                { IsDirectory: true } => " -x -a '(__fish_complete_directories)'",
                { IsChoice: true, Words: var words } => $" -x -a '{string.Join(' ', words)}'",
                _ => " -x",
            }, flag.Description);
        }
    }

    private static void Append(StringBuilder script, string condition, string what, string description)
    {
        script.Append("complete -c fast-provider -n '").Append(condition).Append("' ").Append(what);
        if (description.Length > 0)
        {
            script.Append(" -d '")
                .Append(description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal))
                .Append('\'');
        }

        script.Append('\n');
    }
}
