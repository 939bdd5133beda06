using System.Runtime.InteropServices;
using System.Text;
using FastProvider.Settings;

namespace FastProvider.Commands;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class Help
{
    /// <summary>What a pull is, for the help and the man page.</summary>
    public const string Description = """
        The kubelet runs it for each pull of a matching image. It reads a CredentialProviderRequest
        (credentialprovider.kubelet.k8s.io/v1) from standard input, finds the mirrors of the image in
        registries.conf, fetches the registry Secrets of the pod's namespace with the pod's ServiceAccount
        token, writes an auth file for CRI-O, and answers on standard output.
        """;

    public const string ExitStatus = """
        0 the kubelet was answered; 1 no credentials for this pull, standard error says why in one line;
        2 a flag or variable is wrong.
        """;

    /// <summary>On one line, as installations and doctor show it: with OpenSSL, if the program carries one.</summary>
    public static string Version =>
        CarriedOpenSsl.Known is { } openSsl ? $"fast-provider {BuildVersion.Value} with {openSsl}\n"
        : BuildOpenSsl.IsCarried ? $"fast-provider {BuildVersion.Value} with an OpenSSL of unknown origin\n"
        : $"fast-provider {BuildVersion.Value}\n";

    /// <summary>The members that the Go provider's <c>--version-json</c> has, as far as they mean something here.</summary>
    public static string VersionJson =>
        $$"""
        {
          "version": "{{BuildVersion.Value}}",
          "compiler": "NativeAOT",
          "platform": "linux/{{(RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "arm64" : "amd64")}}"{{OpenSslMember}}
        }

        """;

    /// <summary>Only of a program that carries one: else the node's is loaded, when a pull needs it.</summary>
    private static string OpenSslMember =>
        CarriedOpenSsl.Known is { } openSsl ? $",\n  \"openssl\": \"{openSsl}\"" : "";

    public static string Text()
    {
        var text = new StringBuilder("fast-provider: kubelet image credential provider for nodes with CRI-O\n\n")
            .Append(Description).Append("""


            Usage: fast-provider [FLAG ...] < request.json
                   fast-provider COMMAND [ARGUMENT] [FLAG ...]

            Commands, for people (fast-provider COMMAND --help says more):


            """);
        foreach (var command in Command.All)
        {
            text.Append("  ").Append(command.Name.PadRight(11)).Append(' ').Append(command.Summary).Append('\n');
        }

        text.Append("\nEvery flag of a pull is also an environment variable; the flag wins.\n\n");
        foreach (var flag in Options.Flags)
        {
            Append(text, flag);
        }

        return text.Append("  --help\n  --version\n  --version-json\n\nExit status: ").Append(ExitStatus).Append('\n').ToString();
    }

    /// <summary>The help of one command.</summary>
    public static string Of(Command command)
    {
        var text = new StringBuilder($"fast-provider {command.Name}: {command.Summary}\n\nUsage: fast-provider {command.Name}");
        if (command.Operand is { } operand)
        {
            text.Append(' ').Append(operand.Label);
        }

        text.Append(command.Flags.Length > 0 || command.TakesPullFlags ? " [FLAG ...]\n\n" : "\n\n")
            .Append(command.Description).Append("\n\n");
        foreach (var flag in command.Flags)
        {
            Append(text, flag);
        }

        text.Append("  --help\n");
        if (command.TakesPullFlags)
        {
            text.Append($"\n{command.PullFlagsNote}: fast-provider --help lists them.\n");
        }

        for (var i = 0; i < command.Examples.Length; i++)
        {
            text.Append(i == 0 ? "\nExamples:\n  " : "  ").Append(command.Examples[i]).Append('\n');
        }

        return text.Append("\nExit status: ").Append(command.ExitStatus).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, Flag flag)
    {
        text.Append("  --").Append(flag.Name);
        if (!flag.Shape.IsSwitch)
        {
            text.Append(' ').Append(flag.Shape.Label);
        }

        if (flag.Variable is not null)
        {
            text.Append("  [").Append(flag.Variable).Append(']');
        }

        text.Append("\n        ").Append(flag.Description).Append('\n');
    }
}
