using System.Text;
using FastProvider.Settings;

namespace FastProvider.Commands.Man;

/// <summary>Prints the man page, in the macros of man(7).</summary>
internal static class ManCommand
{
    public static Command Definition => new()
    {
        Name = "man",
        Summary = "print the man page",
        Description = "Prints fast-provider(8). Packages install it; without one: fast-provider man | man -l -",
        ExitStatus = "0 it was printed; 1 it could not be.",
        Run = static _ => CommandOutput.Print(Text()),
    };

    /// <summary>The page.</summary>
    public static string Text()
    {
        var page = new StringBuilder(".TH FAST-PROVIDER 8 \"\" \"fast-provider ")
            .Append(BuildVersion.Value).Append("\" \"System administration\"\n")
            .Append(".SH NAME\nfast-provider \\- kubelet image credential provider for nodes with CRI-O\n.SH SYNOPSIS\n")
            .Append(".B fast-provider\n[\\fIFLAG\\fR ...] < \\fIrequest.json\\fR\n");
        foreach (var command in Command.All)
        {
            page.Append(".br\n.B fast-provider ").Append(Escaped(command.Name)).Append('\n');
            if (command.Operand is { } operand)
            {
                page.Append("\\fI").Append(Escaped(operand.Label!)).Append("\\fR\n");
            }

            page.Append("[\\fIFLAG\\fR ...]\n");
        }

        Section(page, "DESCRIPTION", Help.Description);
        page.Append(".PP\nEvery flag of a pull is also an environment variable; the flag wins.\n.SH OPTIONS\n");
        foreach (var flag in Options.Flags)
        {
            Item(page, flag);
        }

        page.Append(".TP\n.B \\-\\-help\nPrint what there is.\n"
            + ".TP\n.B \\-\\-version\nPrint the version.\n"
            + ".TP\n.B \\-\\-version\\-json\nPrint it as JSON, with the members of the Go provider.\n.SH COMMANDS\n");
        foreach (var command in Command.All)
        {
            page.Append(".SS ").Append(Escaped(command.Name)).Append('\n');
            Paragraphs(page, command.Description);
            foreach (var flag in command.Flags)
            {
                Item(page, flag);
            }

            if (command.TakesPullFlags)
            {
                page.Append(".PP\n").Append(Escaped(command.PullFlagsNote)).Append(".\n");
            }

            foreach (var example in command.Examples)
            {
                page.Append(".PP\n.EX\n").Append(Escaped(example)).Append("\n.EE\n");
            }

            page.Append(".PP\nExit status: ").Append(Escaped(command.ExitStatus)).Append('\n');
        }

        Section(page, "EXIT STATUS", Help.ExitStatus);
        return page.Append(".SH SEE ALSO\n.BR containers\\-registries.conf (5),\n"
            + ".BR containers\\-auth.json (5),\n.BR crio.conf (5),\n.BR journalctl (1)\n").ToString();
    }

    private static void Section(StringBuilder page, string title, string text)
    {
        page.Append(".SH ").Append(title).Append('\n');
        Paragraphs(page, text);
    }

    private static void Paragraphs(StringBuilder page, string text)
    {
        foreach (var line in text.Split('\n'))
        {
            page.Append(line.Length == 0 ? ".PP" : Escaped(line)).Append('\n');
        }
    }

    private static void Item(StringBuilder page, Flag flag)
    {
        page.Append(".TP\n\\fB\\-\\-").Append(Escaped(flag.Name)).Append("\\fR");
        if (flag.Shape.Label is { } label)
        {
            page.Append(" \\fI").Append(Escaped(label)).Append("\\fR");
        }

        if (flag.Variable is not null)
        {
            page.Append(" [").Append(flag.Variable).Append(']');
        }

        page.Append('\n').Append(Escaped(flag.Description)).Append('\n');
    }

    /// <summary>
    /// A hyphen is a minus for copying, a backslash is itself, and no line begins with a control character (groff_char(7)).
    /// </summary>
    private static string Escaped(string text)
    {
        var escaped = text.Replace("\\", "\\e", System.StringComparison.Ordinal)
            .Replace("-", "\\-", System.StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }
}
