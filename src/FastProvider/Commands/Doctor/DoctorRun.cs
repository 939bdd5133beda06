using System;
using System.Collections.Generic;
using FastProvider.Kubelet;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// One look at a node. The checks run in the order of a pull, and each leaves here what the later ones go by: the kubelet, its
/// entry for the provider, the settings that a pull would have, registries.conf, CRI-O.
/// </summary>
internal sealed class DoctorRun
{
    private DoctorRun(string root) => Root = root;

    /// <summary>What was entered, for people: everything is read from <c>/</c>.</summary>
    public string Root { get; }

    public NodeFiles Files { get; } = new();

    /// <summary>It is the node that we run on: programs can be asked, and the API server.</summary>
    public bool IsThisNode => Root == "/";

    /// <summary>
    /// It may be an image of a node that has joined no cluster yet: what comes with that is missing, and not wrong. A kubelet
    /// that runs below the root says that it is no image.
    /// </summary>
    public bool MayBeImage => !IsThisNode && KubeletService?.ProcessId is null;

    /// <summary>There the machine config operator writes the provider's entry, and /usr cannot be written.</summary>
    public bool IsOpenShift => Files.Exists(ApiServerUrlEnv.Path);

    public List<Finding> Findings { get; } = [];

    /// <summary>Null if there is none.</summary>
    public NodeService? KubeletService { get; set; }

    /// <summary>Null if there is no kubelet.</summary>
    public KubeletSettings? Kubelet { get; set; }

    /// <summary>The kubelet's configuration of credential providers; null if it cannot be read.</summary>
    public ProviderConfig? Providers { get; set; }

    /// <summary>The provider's entry; null if there is none.</summary>
    public ProviderEntry? Entry { get; set; }

    /// <summary>What a pull goes by: the entry's args, its env and the kubelet's.</summary>
    public Options Pull { get; set; } = new();

    /// <summary>Whose pods are asked about; null for none.</summary>
    public string? Namespace { get; private init; }

    /// <summary>Which of its ServiceAccounts is asked about; null for its default one.</summary>
    public string? ServiceAccount { get; private init; }

    /// <summary>Null if it could not be read.</summary>
    public RegistriesInventory? Registries { get; set; }

    /// <summary>Null if there is none.</summary>
    public NodeService? CrioService { get; set; }

    public CrioConf Crio { get; set; } = CrioConf.Defaults;

    /// <summary>Looks at everything.</summary>
    /// <param name="root">What was entered: the node's own <c>/</c>, or the directory that was made it.</param>
    /// <param name="arguments">The command's.</param>
    public static DoctorRun Of(string root, CommandArguments arguments)
    {
        var run = new DoctorRun(root)
        {
            Namespace = arguments[DoctorCommand.Namespace], ServiceAccount = arguments[DoctorCommand.ServiceAccount],
        };
        if (run.IsThisNode && !Ownership.IsRootHere)
        {
            run.Unknown(
                FindingId.Privileges, "doctor does not run as root, so it cannot read all that a kubelet reads",
                "sudo fast-provider doctor");
        }

        KubeletChecks.Run(run, arguments[DoctorCommand.ProviderConfig] is not null
            && arguments[DoctorCommand.BinDir] is not null);
        ProviderChecks.Run(run, arguments);
        CrioChecks.Run(run);
        RegistriesChecks.Run(run);
        DirectoryChecks.Run(run);
        ChainChecks.Run(run, arguments[DoctorCommand.BinDir]);
        AgentChecks.Run(run);
        GlobalAuthFileChecks.Run(run);
        MachineChecks.Run(run);
        ApiServerChecks.Run(run);
        return run;
    }

    /// <summary>An environment variable as the provider would see it.</summary>
    public string? Variable(string name) =>
        Entry is not null && Entry.Environment.TryGetValue(name, out var own) ? own
        : KubeletService is not null && KubeletService.Environment.TryGetValue(name, out var inherited) ? inherited
        : null;

    /// <summary>
    /// Why flags of a service may be missing from what is seen of them, in words that follow "as"; null if all are seen. Below a
    /// root that is not running, files of /var and /run come when the node joins its cluster.
    /// </summary>
    public string? UnseenArguments(NodeService service)
    {
        if (service.HiddenArguments is { } hidden)
        {
            return hidden;
        }

        foreach (var file in service.MissingFiles)
        {
            if (MayBeImage
                && (file.StartsWith("/var/", StringComparison.Ordinal) || file.StartsWith("/run/", StringComparison.Ordinal)))
            {
                return $"its unit reads {file}, which is not there yet";
            }
        }

        return null;
    }

    /// <summary>Says of a service that does not run that systemd refuses its unit.</summary>
    public void CheckUnit(string id, NodeService service)
    {
        if (service.HasTooManyCommands)
        {
            Problem(id,
                $"systemd does not start {service.Name}: its unit {service.Origin}, with its drop-ins,"
                    + " has more than one ExecStart",
                "put an empty ExecStart= before the one of the drop-in; then systemctl daemon-reload");
        }
    }

    /// <summary>How many findings are of a level.</summary>
    public int Count(Level level)
    {
        var count = 0;
        foreach (var finding in Findings)
        {
            count += finding.Level == level ? 1 : 0;
        }

        return count;
    }

    public void Ok(string id, string message) => Findings.Add(new Finding(id, Level.Ok, message, null));

    public void Note(string id, string message, string? cure = null, params IReadOnlyList<string> items) =>
        Findings.Add(new Finding(id, Level.Note, message, cure) { Items = items });

    public void Unknown(string id, string message, string? cure = null) =>
        Findings.Add(new Finding(id, Level.Unknown, message, cure));

    public void Warn(string id, string message, string cure, params IReadOnlyList<string> items) =>
        Findings.Add(new Finding(id, Level.Warning, message, cure) { Items = items });

    public void Problem(string id, string message, string cure, params IReadOnlyList<string> items) =>
        Findings.Add(new Finding(id, Level.Problem, message, cure) { Items = items });
}
