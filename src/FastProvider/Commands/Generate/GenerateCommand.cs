using FastProvider.Settings;

namespace FastProvider.Commands.Generate;

/// <summary>Writes configuration that is ready to be applied.</summary>
internal static class GenerateCommand
{
    public static Flag Platform =>
        new("platform", FlagShape.OneOf("kubernetes|openshift"), "what the cluster is (default: as this node's files look)");

    public static Flag Audience => new("audience", FlagShape.Text("AUDIENCE"),
        "one of the API server's own audiences, for the tokens (default: https://kubernetes.default.svc.cluster.local,"
        + " on OpenShift https://kubernetes.default.svc)");

    public static Flag Name => CommonFlags.Name("the provider's name, which is the binary's, too (default: fast-provider)");

    public static Flag BinDir => CommonFlags.BinDir(
        "where the binary is: the kubelet's --image-credential-provider-bin-dir (default:"
        + " /usr/libexec/kubelet-image-credential-provider-plugins),"
        + " on OpenShift a directory that can be written (default: /usr/local/bin)");

    public static Flag Namespace => new("namespace", FlagShape.Text("NAME[,NAME]"),
        "rbac: what the workloads of this namespace need (default: what the nodes need); a list with --shared-secret");

    public static Flag AllNamespaces =>
        new("all-namespaces", FlagShape.Switch, "rbac: with --shared-secret: every ServiceAccount of the cluster");

    public static Flag SharedSecret => new("shared-secret", FlagShape.Text("NS/NAME[,NS/NAME]"),
        "rbac: what the ServiceAccounts of --namespace, or with --all-namespaces of all, need to read these Secrets of a"
        + " platform");

    public static Flag ServiceAccount =>
        CommonFlags.ServiceAccount("rbac: the ServiceAccount that names its Secrets (default: default)");

    public static Flag Secret =>
        new("secret", FlagShape.Text("NAME[,NAME]"), "rbac: the Secrets that it names (default: registry-login)");

    public static Flag Image =>
        new("image", FlagShape.Text("REF"), "daemonset: the container image that has fast-provider as its entry point");

    public static Flag Role =>
        new("role", FlagShape.Text("POOL[,POOL]"), "machineconfig: the pools of machines it is for (default: worker)");

    public static Flag Agent => new("agent", FlagShape.Switch,
        "daemonset, machineconfig: with the agent, in the pod or as a service;"
        + " with a value it is the setting of pulls");

    public static Flag Root => CommonFlags.Root("read the files of the node whose file system is here (default: /)");

    public static Command Definition => new()
    {
        Name = "generate",
        Operand = FlagShape.OneOf("kubelet-config|rbac|daemonset|machineconfig|tmpfiles|agent-socket|agent-service"),
        Summary = "print configuration of this node and cluster that is ready to be applied",
        Description = """
            kubelet-config  the provider's entry for the kubelet, with matchImages from this node's registries.conf;
                            on OpenShift the object that makes the cluster write it
            rbac            what the nodes need; with --namespace what the workloads of a namespace need, and
                            with --shared-secret what they need to read a Secret of the platform
            daemonset       puts the binary on every node and keeps it there
            machineconfig   OpenShift: has the kubelet run that binary in place of its own provider
            tmpfiles        the directories of locks and auth files, for systemd-tmpfiles
            agent-socket    the socket of the agent, for systemd
            agent-service   the service behind it

            Flags and variables of a pull that are set here go into the provider's args, or on OpenShift into the environment
            of the kubelet. Of them --registries-conf and --registries-conf-dir also say what is read here; a relative path does only that.
            """,
        Flags =
        [
            Platform, Audience, Name, BinDir, Namespace, AllNamespaces, ServiceAccount, Secret, SharedSecret, Image, Role, Agent,
            Root,
        ],
        TakesPullFlags = true,
        Examples =
        [
            "fast-provider generate kubelet-config --secrets annotation > /etc/kubernetes/fast-provider.yaml",
            "fast-provider generate rbac | kubectl apply -f -",
            "fast-provider generate rbac --secrets annotation --namespace team-a"
                + " --service-account app --secret cache-login,source-login",
            "fast-provider generate rbac --shared-secret platform/mirror-login --namespace team-a,team-b",
            "fast-provider generate daemonset --image registry.example.com/fast-provider:0.1.0",
        ],
        ExitStatus = "0 it is printed; 1 there is nothing that it could be made of, standard error says why.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var read = GenerateOptions.Read(arguments);
        if (!read.IsOk)
        {
            return CommandOutput.Fail(read.Failure);
        }

        var options = read.Value;
        var text = arguments.Operand switch
        {
            "kubelet-config" => KubeletConfigDocument.Write(options, arguments.Variable),
            "daemonset" => DaemonSetDocument.Write(options),
            "machineconfig" => MachineConfigDocument.Write(options),
            "rbac" => options.SharedSecrets.Length > 0 ? SharedRbacDocument.Write(options) : RbacDocument.Write(options),
            "agent-socket" => AgentUnitDocuments.WriteSocket(options),
            "agent-service" => AgentUnitDocuments.WriteService(options),
            _ => TmpfilesDocument.Write(options),
        };
        return text.IsOk ? CommandOutput.Print(text.Value) : CommandOutput.Fail(text.Failure);
    }
}
