using FastProvider.Kubelet;

namespace FastProvider.Commands.Doctor;

/// <summary>The kubelet: that there is one, its version, its configuration and feature gates.</summary>
internal static class KubeletChecks
{
    private const string TokenGate = "KubeletServiceAccountTokenForCredentialProviders";
    public const string PrivateGate = "KubeletEnsureSecretPulledImages";

    public static void Run(DoctorRun run, bool isConfigGiven)
    {
        run.KubeletService = ConfiguredProvider.FindKubelet(run.Files);
        if (run.KubeletService is not { } kubelet)
        {
            run.Findings.Add(new Finding(
                FindingId.Kubelet,
                isConfigGiven ? Level.Note : Level.Problem,
                "no kubelet runs here, and there is no unit of one",
                isConfigGiven ? null : "run doctor on a node, or give its file system with --root; where the kubelet is started"
                    + " otherwise, give --provider-config and --bin-dir"));
            return;
        }

        if (kubelet.ProcessId is null)
        {
            var isStopped = run.IsThisNode;
            run.Findings.Add(new Finding(FindingId.Kubelet, isStopped ? Level.Warning : Level.Note,
                $"the kubelet does not run{(isStopped ? "" : " below --root")};"
                    + $" its unit {kubelet.Origin} says how it would be started",
                isStopped ? $"systemctl status {kubelet.Name}" : null));
        }
        else
        {
            var since = kubelet.StartedUtc is { } started ? $", since {started:yyyy-MM-dd HH:mm:ss} UTC" : "";
            run.Ok(FindingId.Kubelet, $"{kubelet.Name} runs ({kubelet.Origin}{since})");
        }

        run.CheckUnit(FindingId.Kubelet, kubelet);
        var settings = KubeletSettings.Read(run.Files, kubelet);
        run.Kubelet = settings;
        var version = ProgramVersion.Of(run, kubelet);
        CheckVersion(run, version);
        CheckConfig(run, settings);
        CheckGates(run, settings, version);
        VerificationCheck.Run(run, settings, version);
        run.Note(FindingId.ImagePulls,
            settings.SerializesImagePulls
            ? "the kubelet pulls one image after the other (serializeImagePulls):"
                + " a pod's turn at the auth file may wait for pulls of other images"
            : "the kubelet pulls images side by side (serializeImagePulls: false)");
    }

    private static void CheckConfig(DoctorRun run, KubeletSettings settings)
    {
        if (run.MayBeImage && settings.Missing.Count > 0 && settings.Missing.Count == settings.Unread.Count)
        {
            run.Unknown(FindingId.KubeletConfig,
                $"{string.Join(", ", settings.Missing)}: not there yet; a node gets it when it joins its cluster",
                "run doctor on the node itself");
            return;
        }

        foreach (var unread in settings.Unread)
        {
            run.Problem(FindingId.KubeletConfig,
                $"the kubelet's configuration cannot be read: {unread}",
                "mend it: the kubelet does not start with it either");
        }

        if (settings.RepeatedKeys.Count > 0)
        {
            run.Warn(FindingId.KubeletConfig,
                "keys of the kubelet's configuration are there twice: the last one counts, and only its log says so",
                "keep one of them", settings.RepeatedKeys);
        }

        if (settings.UnknownFields.Count > 0)
        {
            run.Findings.Add(new Finding(FindingId.KubeletConfig, Level.Note,
                "fields of the kubelet's configuration are not known here:"
                    + " a kubelet that does not know them either passes them over", null)
            {
                Items = settings.UnknownFields,
            });
        }

        if (settings.Unread.Count + settings.RepeatedKeys.Count == 0)
        {
            if (settings.Files.Count == 0 && run.UnseenArguments(run.KubeletService!) is { } unseen)
            {
                run.Unknown(FindingId.KubeletConfig,
                    $"whether the kubelet has a configuration beside its flags is not known, as {unseen}");
                return;
            }

            run.Ok(FindingId.KubeletConfig,
                settings.Files.Count > 0 ? $"read from {string.Join(", ", settings.Files)}" : "it has flags alone");
        }
    }

    private static void CheckVersion(DoctorRun run, ProgramVersion? version)
    {
        if (version is null)
        {
            run.Unknown(FindingId.KubeletVersion,
                "the kubelet's version was not found",
                "1.34 or newer is needed: kubelet --version");
        }
        else if (version.IsBefore(1, 34) && !(version.IsMinor(1, 33) && run.Kubelet!.BetaGate(TokenGate) is true))
        {
            run.Problem(FindingId.KubeletVersion,
                $"the kubelet is {version.Text}: it hands no ServiceAccount tokens to credential providers"
                + (version.IsBefore(1, 33) ? "" : $" unless its alpha feature gate {TokenGate} is on"),
                "Kubernetes 1.34 or newer is needed");
        }
        else
        {
            run.Ok(FindingId.KubeletVersion, $"the kubelet is {version.Text}");
        }
    }

    private static void CheckGates(DoctorRun run, KubeletSettings settings, ProgramVersion? version)
    {
        if (settings.BetaGate(TokenGate) is false)
        {
            run.Problem(
                FindingId.FeatureGates,
                $"feature gate {TokenGate} is off: a kubelet does not start with tokenAttributes then,"
                    + " and without them it sends no token",
                "turn it on, or leave it out of featureGates and --feature-gates"
                    + " (AllBeta turns it off, too), and restart the kubelet");
            return;
        }

        var isOn = settings.BetaGate(PrivateGate);
        var opens = settings.VerificationPolicy is "NeverVerify" ? "imagePullCredentialsVerificationPolicy is NeverVerify"
            : isOn is false ? $"feature gate {PrivateGate} is off"
            : null;
        if (opens is not null)
        {
            run.Warn(
                FindingId.FeatureGates,
                $"{opens}: a private image that is on the node runs in every namespace",
                "turn it on where tenants must not start each other's images (imagePullPolicy Always is the other means)");
            return;
        }

        var isOld = isOn is not true && version is not null && version.IsBefore(1, 35);
        run.Findings.Add(new Finding(FindingId.FeatureGates, isOld ? Level.Note : Level.Ok, isOld
            ? $"{PrivateGate} is off by default before Kubernetes 1.35:"
                + " a private image that is on the node runs in every namespace"
            : "none that is needed is off", null));
    }
}
