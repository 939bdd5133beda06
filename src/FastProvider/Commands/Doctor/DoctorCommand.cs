using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Doctor;

/// <summary>Checks a node.</summary>
internal static class DoctorCommand
{
    public static Flag Root => CommonFlags.Root(
        "look at the files of the node whose file system is here, and ask no program and no server; needs root (default: /)");

    public static Flag Name => CommonFlags.Name(
        "the name of the provider's entry (default: fast-provider, crio-credential-provider, or whichever runs a fast-provider)");

    public static Flag ProviderConfig => new("provider-config", FlagShape.Text("PATH"),
        "the kubelet's --image-credential-provider-config, where its command line does not say it");

    public static Flag BinDir => CommonFlags.BinDir(
        "the kubelet's --image-credential-provider-bin-dir, where its command line does not say it");

    public static Flag Namespace => CommonFlags.Namespace(
        "also ask the API server whether the pods of this namespace may read the Secrets of --shared-secrets");

    public static Flag ServiceAccount =>
        CommonFlags.ServiceAccount("with --namespace: which ServiceAccount is asked about (default: default)");

    public static Flag Output => CommonFlags.TextOrJson;

    public static Command Definition => new()
    {
        Name = "doctor",
        Summary = "check this node, and say for each finding what to do",
        Description = """
            Looks at what a pull goes by, in its order: the kubelet and its entry for the provider, CRI-O, registries.conf and
            what of it the kubelet asks for, the directories, the node's own auth file, the API server, the RBAC of nodes.
            It changes nothing and reads no Secret. docs/doctor.md says what each finding means.

            Run it as root: others cannot read what the kubelet reads.
            """,
        Flags = [Root, Name, ProviderConfig, BinDir, Namespace, ServiceAccount, Output],
        Examples =
        [
            "fast-provider doctor",
            "fast-provider doctor --root /host --output json",
        ],
        ExitStatus = "0 no problem was found, perhaps warnings; 1 there are problems.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var root = arguments[Root]?.TrimEnd('/') is { Length: > 0 } given ? given : "/";
        if (arguments[Namespace] is { } ns && !NamespaceName.IsValid(Encoding.UTF8.GetBytes(ns)))
        {
            return CommandOutput.Fail(
                Argument.Usage($"--namespace: \"{Argument.Printable(ns)}\" is no namespace", Definition.Name));
        }

        if (arguments[ServiceAccount] is { } account && !SubdomainName.IsValid(Encoding.UTF8.GetBytes(account)))
        {
            return CommandOutput.Fail(
                Argument.Usage($"--service-account: \"{Argument.Printable(account)}\" is no ServiceAccount", Definition.Name));
        }

        if (NodeRoot.Enter(root) is { } notEntered)
        {
            return CommandOutput.Fail(notEntered);
        }

        var run = DoctorRun.Of(root, arguments);
        var exitStatus = run.Count(Level.Problem) > 0 ? Failure.PullFailed : 0;
        return arguments[Output] is "json" ? DoctorJson.Send(run, exitStatus) : DoctorText.Send(run, exitStatus);
    }
}
