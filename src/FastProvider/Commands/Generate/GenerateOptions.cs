using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Commands.Install;
using FastProvider.Names;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Generate;

/// <summary>What is to be set up on which kind of cluster, checked: every text of it is what its place takes.</summary>
internal sealed class GenerateOptions
{
    private const string KubernetesAudience = "https://kubernetes.default.svc.cluster.local",
        OpenShiftAudience = "https://kubernetes.default.svc";

    private const string Unsaid = "as nothing on this machine says OpenShift";

    private const int LongestImage = 512;

    private readonly string? _sharedSecrets;
    private readonly bool _isMistaken;
    private string? _authDirectory;

    private GenerateOptions(CommandArguments arguments)
    {
        Pull = arguments.Pull;
        Root = arguments[GenerateCommand.Root] ?? "/";
        (IsOpenShift, PlatformReason) = PlatformOf(arguments[GenerateCommand.Platform], new NodeFiles(Root));
        Audience = arguments[GenerateCommand.Audience] ?? (IsOpenShift ? OpenShiftAudience : KubernetesAudience);
        Name = arguments[GenerateCommand.Name] ?? Destination.DefaultName;
        BinDirectory = (arguments[GenerateCommand.BinDir] ?? (IsOpenShift ? "/usr/local/bin" : Destination.DefaultDirectory))
            .TrimEnd('/');
        Namespace = arguments[GenerateCommand.Namespace];
        ServiceAccount = arguments[GenerateCommand.ServiceAccount] ?? "default";
        HasServiceAccount = arguments[GenerateCommand.ServiceAccount] is not null;
        AllNamespaces = arguments.Has(GenerateCommand.AllNamespaces);
        _sharedSecrets = arguments[GenerateCommand.SharedSecret];
        _isMistaken = arguments.Operand == "rbac" && arguments.OfPull("shared-secrets") is not null;
        Secrets = (arguments[GenerateCommand.Secret] ?? "registry-login").Split(',');
        Image = arguments[GenerateCommand.Image];
        HasAgent = arguments.Has(GenerateCommand.Agent);
        Roles = (arguments[GenerateCommand.Role] ?? "worker").Split(',');
    }

    /// <summary>The settings of a pull.</summary>
    public Options Pull { get; }

    /// <summary>Those that were given, as flags with their values.</summary>
    public List<(Flag Flag, string Value)> PullSettings { get; } = [];

    /// <summary>Those that only say what is read here.</summary>
    public List<Flag> LocalSettings { get; } = [];

    public string Root { get; }

    public bool IsOpenShift { get; }

    /// <summary>Why it is that platform.</summary>
    public string PlatformReason { get; }

    /// <summary>The platform, and why it is that.</summary>
    public string Platform =>
        $"{(IsOpenShift ? "openshift" : "kubernetes")}, {PlatformReason}"
        + $"{(PlatformReason == Unsaid ? "; --platform says otherwise" : "")}";

    public string Audience { get; }

    public string Name { get; }

    public string BinDirectory { get; }

    /// <summary>A list with commas where it is about shared Secrets.</summary>
    public string? Namespace { get; }

    public string ServiceAccount { get; }

    /// <summary>The ServiceAccount was named, so not all of the namespace are meant.</summary>
    public bool HasServiceAccount { get; }

    /// <summary>Who is meant: every ServiceAccount of the cluster.</summary>
    public bool AllNamespaces { get; }

    /// <summary>Those of a platform that the document is about; empty if it is not about such.</summary>
    public SecretReference[] SharedSecrets { get; private set; } = [];

    public string[] Secrets { get; }

    public string? Image { get; }

    public string[] Roles { get; }

    /// <summary>CRI-O's directory of auth files: as it was given, else as this node's CRI-O has it.</summary>
    public string AuthDirectory => _authDirectory ??= Pull.AuthDir ?? FindAuthDirectory();

    /// <summary>The agent comes with it.</summary>
    public bool HasAgent { get; }

    /// <summary>The provider is told annotations of the ServiceAccount.</summary>
    public bool UsesAnnotation => Pull.Secrets is SecretsMode.Annotation or SecretsMode.Auto;

    public static Result<GenerateOptions> Read(CommandArguments arguments)
    {
        var options = new GenerateOptions(arguments);
        foreach (var flag in Options.Flags)
        {
            var value = arguments[flag] ?? arguments.Variable(flag.Variable!);
            if (string.IsNullOrEmpty(value) && arguments[flag] is null)
            {
                continue;
            }

            if (flag.Shape.IsPath && !value!.StartsWith('/'))
            {
                options.LocalSettings.Add(flag);
            }
            else
            {
                options.PullSettings.Add((flag, value!));
            }
        }

        return (options.ReadShared() ?? options.Check()) is { } wrong ? wrong : options;
    }

    private Failure? ReadShared()
    {
        if (_isMistaken)
        {
            return Argument.Usage(
                "--shared-secrets is a setting of pulls; --shared-secret NS/NAME prints who may read it",
                GenerateCommand.Definition.Name);
        }

        if (_sharedSecrets is null)
        {
            return AllNamespaces
                ? Argument.Usage("--all-namespaces goes with --shared-secret", GenerateCommand.Definition.Name)
                : null;
        }

        SharedSecrets = SecretReference.ParseShared(_sharedSecrets);
        if (SharedSecrets.Length == 0)
        {
            return Wrong(GenerateCommand.SharedSecret, _sharedSecrets, "a list of Secrets, such as platform/mirror-login");
        }

        return AllNamespaces == (Namespace is not null)
            ? Argument.Usage(
                "--shared-secret: one of --namespace and --all-namespaces says who may read it", GenerateCommand.Definition.Name)
            : AllNamespaces && HasServiceAccount
                ? Argument.Usage("--service-account goes with --namespace", GenerateCommand.Definition.Name)
            : null;
    }

    private Failure? Check() =>
        !Destination.IsProgramName(Name) ? Wrong(GenerateCommand.Name, Name, "a name of a program, such as fast-provider")
        : !IsPath(BinDirectory) ? Wrong(GenerateCommand.BinDir, BinDirectory, "an absolute path without blanks")
        : !IsWord(Audience) ? Wrong(GenerateCommand.Audience, Audience, "an audience, such as https://kubernetes.default.svc")
        : Namespace is not null && !NamespaceName.AreValid(SharedSecrets.Length > 0 ? Namespace.Split(',') : [Namespace])
            ? Wrong(GenerateCommand.Namespace, Namespace, "a name of a namespace")
        : !IsObjectName(ServiceAccount) ? Wrong(GenerateCommand.ServiceAccount, ServiceAccount, "a name of a ServiceAccount")
        : !Array.TrueForAll(Secrets, IsObjectName)
            ? Wrong(GenerateCommand.Secret, string.Join(',', Secrets), "a list of Secrets, such as cache-login,source-login")
        : Image is not null && !(IsWord(Image) && Image.Length <= LongestImage)
            ? Wrong(GenerateCommand.Image, Image, "a reference of an image")
        : !Array.TrueForAll(Roles, IsObjectName)
            ? Wrong(GenerateCommand.Role, string.Join(',', Roles), "a list of pools, such as worker,master")
        : null;

    private static Failure Wrong(Flag flag, string value, string wanted) =>
        Argument.Usage($"--{flag.Name}: \"{Argument.Printable(value)}\" is not {wanted}", GenerateCommand.Definition.Name);

    private static (bool IsOpenShift, string Reason) PlatformOf(string? given, NodeFiles node) => given switch
    {
        not null => (given is "openshift", "as --platform says"),
        _ when node.Exists(ApiServerUrlEnv.Path) => (true, $"as {ApiServerUrlEnv.Path} is there"),
        _ when KubeconfigPlaces.FirstPresent(node) is KubeconfigPlaces.OpenShift =>
            (true, $"as the kubelet's kubeconfig is {KubeconfigPlaces.OpenShift}"),
        _ when KubeconfigPlaces.FirstPresent(node) is { } place => (false, $"as the kubelet's kubeconfig is {place}"),
        _ => (false, Unsaid),
    };

    private static bool IsObjectName(string name) => SubdomainName.IsValid(Encoding.UTF8.GetBytes(name));

    private static bool IsPath(string path) =>
        path.StartsWith('/') && IsWord(path) && !path.Contains("/../", StringComparison.Ordinal);

    /// <summary>Printable ASCII without blanks and what YAML, units of systemd and shells would take for their own.</summary>
    private static bool IsWord(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-._~:/@+=".Contains(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private string FindAuthDirectory()
    {
        var files = new NodeFiles(Root);
        return CrioConf.Read(files, NodeService.Find(files, ["crio.service"], ["crio"])).NamespacedAuthDirectory;
    }
}
