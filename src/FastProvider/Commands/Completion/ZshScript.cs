using System;
using System.Text;
using FastProvider.Settings;

namespace FastProvider.Commands.Completion;

/// <summary>For zsh: _arguments takes the flags with their descriptions.</summary>
internal static class ZshScript
{
    public static string Text()
    {
        var script = new StringBuilder(
            "#compdef fast-provider\n# printed by: fast-provider completion zsh\n_fast_provider_pull=(\n");
        AppendFlags(script, Options.Flags);
        script.Append(")\n_fast_provider() {\n"
            + "    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n        local -a commands=(\n");
        foreach (var command in Command.All)
        {
            script.Append("            '").Append(command.Name).Append(':').Append(Quoted(command.Summary)).Append("'\n");
        }

        script.Append("        )\n        _describe command commands\n        return\n    fi\n    case $words[2] in\n");
        foreach (var command in Command.All)
        {
            script.Append("        ").Append(command.Name)
                .Append(")\n            shift words; (( CURRENT-- ))\n            _arguments \\\n");
            if (command.Operand is { } operand)
            {
                script.Append("                '1:")
                    .Append(operand.IsChoice ? $"{command.Name}:({string.Join(' ', operand.Words)})" : $"{operand.Label}: ")
                    .Append("' \\\n");
            }

            AppendFlags(script, command.Flags, "                ", " \\");
            script.Append("                '--help[say what there is]'")
                .Append(command.TakesPullFlags ? " \\\n                $_fast_provider_pull" : "").Append(" ;;\n");
        }

        return script
            .Append("        *) _arguments '--help[say what there is]' '--version[print the version]'"
                + " '--version-json[print the version as JSON]' $_fast_provider_pull ;;\n    esac\n}\n")
            .Append("if [[ $funcstack[1] = _fast_provider ]]; then _fast_provider \"$@\";"
                + " else compdef _fast_provider fast-provider; fi\n")
            .ToString();
    }

    private static void AppendFlags(StringBuilder script, ReadOnlySpan<Flag> flags, string indent = "    ", string end = "")
    {
        foreach (var flag in flags)
        {
            // A colon and a bracket end the description for _arguments.
            var description = Bracketless(Quoted(flag.Description).Replace(":", "\\:", StringComparison.Ordinal));
            script.Append(indent).Append("'--").Append(flag.Name).Append(flag.Shape.IsSwitch ? "[" : "=[").Append(description)
                .Append(']')
                .Append(flag.Shape switch
                {
                    { IsSwitch: true } => "",
                    { IsFile: true } => ":file:_files",
                    { IsDirectory: true } => ":directory:_files -/",
                    { IsChoice: true, Words: var words } => $":word:({string.Join(' ', words)})",
                    { Label: var label } => $":{Quoted(Bracketless(label!))}: ",
                }).Append('\'').Append(end).Append('\n');
        }
    }

    private static string Bracketless(string text) =>
        text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Quoted(string text) => text.Replace("'", "'\\''", StringComparison.Ordinal);
}
