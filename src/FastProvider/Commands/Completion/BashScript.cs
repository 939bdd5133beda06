using System;
using System.Text;
using FastProvider.Settings;

namespace FastProvider.Commands.Completion;

/// <summary>For bash, without the bash-completion package, which a node need not have.</summary>
internal static class BashScript
{
    public static string Text()
    {
        var script = new StringBuilder("""
            # bash completion for fast-provider, printed by: fast-provider completion bash
            _fast_provider() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=
                # With an = among the breaks of words, "--flag=value" comes as three.
                if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
                case $command:$previous in

            """);
        foreach (var command in Command.All)
        {
            AppendValues(script, command.Name, command.Flags);
        }

        AppendValues(script, "*", Options.Flags);
        script.Append("    esac\n    case $command in\n");
        foreach (var command in Command.All)
        {
            script.Append("        ").Append(command.Name).Append(") words='");
            if (command.Operand is { IsChoice: true } operand)
            {
                script.Append(string.Join(' ', operand.Words)).Append(' ');
            }

            AppendNames(script, command.Flags);
            script.Append(command.TakesPullFlags ? "--help '$_fast_provider_pull ;;\n" : "--help' ;;\n");
        }

        script.Append("        *) words=\"");
        foreach (var command in Command.All)
        {
            script.Append(command.Name).Append(' ');
        }

        script.Append("--help --version --version-json $_fast_provider_pull\" ;;\n");
        script.Append("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n_fast_provider_pull='");
        AppendNames(script, Options.Flags);
        script.Length--;
        return script.Append("'\ncomplete -F _fast_provider fast-provider\n").ToString();
    }

    private static void AppendNames(StringBuilder script, ReadOnlySpan<Flag> flags)
    {
        foreach (var flag in flags)
        {
            script.Append("--").Append(flag.Name).Append(' ');
        }
    }

    private static void AppendValues(StringBuilder script, string command, ReadOnlySpan<Flag> flags)
    {
        foreach (var flag in flags)
        {
            if (flag.Shape.IsSwitch)
            {
                continue;
            }

            script.Append("        ").Append(command).Append(":--").Append(flag.Name).Append(") ").Append(flag.Shape switch
            {
                { IsFile: true } => "COMPREPLY=($(compgen -f -- \"$current\")); compopt -o filenames 2>/dev/null; return ;;\n",
                { IsDirectory: true } =>
                    "COMPREPLY=($(compgen -d -- \"$current\")); compopt -o filenames 2>/dev/null; return ;;\n",
                { IsChoice: true, Words: var words } =>
                    $"COMPREPLY=($(compgen -W '{string.Join(' ', words)}' -- \"$current\")); return ;;\n",
                _ => "return ;;\n",
            });
        }
    }
}
