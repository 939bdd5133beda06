using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Commands.Install;
using FastProvider.Kubelet;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// The provider's entry in the kubelet's configuration: that it is there, what it runs, with which settings and tokens.
/// </summary>
internal static class ProviderChecks
{
    private const string RequestVersion = "credentialprovider.kubelet.k8s.io/v1";

    public static void Run(DoctorRun run, CommandArguments arguments)
    {
        var path = arguments[DoctorCommand.ProviderConfig] ?? run.Kubelet?.ProviderConfig;
        var directory = arguments[DoctorCommand.BinDir] ?? run.Kubelet?.BinDirectory;
        if (path is null || directory is null)
        {
            NotConfigured(run, path is null ? "--image-credential-provider-config" : "--image-credential-provider-bin-dir");
            return;
        }

        if (ProviderConfig.Read(run.Files, path, out var config) is { } unread)
        {
            run.Problem(FindingId.ProviderConfig, $"the kubelet's configuration of credential providers: {unread.Message}",
                "mend it; with such a file a kubelet does not start");
            return;
        }

        if (EntryFaults.Of(config) is { Count: > 0 } faults)
        {
            run.Problem(
                FindingId.ProviderConfig, "a kubelet does not start with this configuration of credential providers",
                "mend it", faults);
        }
        else
        {
            run.Ok(FindingId.ProviderConfig, $"read from {string.Join(", ", config.Files)}");
        }

        run.Providers = config;
        CheckOthers(run, config, directory.TrimEnd('/'));
        CheckRestart(run, config);
        if (Find(run, config, arguments[DoctorCommand.Name], directory) is not { } entry)
        {
            return;
        }

        run.Entry = entry;
        CheckBinary(run, entry, directory.TrimEnd('/'));
        CheckSettings(run, entry);
        CheckTokens(run, entry);
        CheckCache(run, entry);
    }

    private static void NotConfigured(DoctorRun run, string flag)
    {
        if (run.Kubelet is { IsEmbedded: true })
        {
            run.Unknown(
                FindingId.ProviderConfig,
                $"how {run.KubeletService!.Name} configures credential providers is not known here: there is no {flag} on"
                    + " its command line",
                "say it with --provider-config and --bin-dir");
        }
        else if (run.KubeletService is { } kubelet && run.UnseenArguments(kubelet) is { } unseen)
        {
            run.Unknown(FindingId.ProviderConfig,
                $"whether the kubelet has {flag} is not known, as {unseen}", "say it with --provider-config and --bin-dir");
        }
        else if (run.KubeletService is not null)
        {
            run.Problem(FindingId.ProviderConfig, $"the kubelet has no {flag}, so it runs no credential provider",
                "fast-provider generate kubelet-config says where to put it; then restart the kubelet");
        }
    }

    /// <summary>The programs of other entries: a kubelet looks for each of them as it starts.</summary>
    private static void CheckOthers(DoctorRun run, ProviderConfig config, string directory)
    {
        List<string> missing = [];
        var ours = config.FindOurs(run.Files, directory);
        foreach (var entry in config.Entries)
        {
            var errno = run.Files.Status($"{directory}/{entry.Name}", out var status);
            if (entry != ours && entry.Name.Length > 0
                && (errno != 0 || status.Kind == Libc.S_IFDIR || !Ownership.Of(status, Ownership.Root).IsExecutable))
            {
                missing.Add($"{entry.Place}: {directory}/{entry.Name}");
            }
        }

        if (missing.Count > 0 && ours is not null)
        {
            run.Problem(FindingId.ProviderConfig,
                "programs of other providers are not there or cannot be executed: a kubelet does not start with such entries",
                "install them, or take the entries out", missing);
        }
    }

    /// <summary>Changed since the kubelet read it.</summary>
    private static void CheckRestart(DoctorRun run, ProviderConfig config)
    {
        if (run.KubeletService?.StartedUtc is not { } started)
        {
            return;
        }

        List<string> newer = [];
        foreach (var file in (List<string>)[.. config.Files, .. run.Kubelet!.Files])
        {
            // The start is known to a hundredth of a second.
            if (run.Files.Status(file, out var status) == 0 && status.Modified.Utc > started.AddSeconds(1))
            {
                newer.Add(file);
            }
        }

        if (newer.Count > 0)
        {
            run.Problem(FindingId.KubeletRestart,
                "files were changed after the kubelet had read them",
                $"{(run.Kubelet.IsEmbedded ? $"restart {run.KubeletService.Name}" : "systemctl restart kubelet")}; running"
                    + " pods go on",
                newer);
        }
        else
        {
            run.Ok(FindingId.KubeletRestart, "the kubelet started after the last change of its configuration");
        }
    }

    private static ProviderEntry? Find(DoctorRun run, ProviderConfig config, string? name, string directory)
    {
        var entry = name is null ? config.FindOurs(run.Files, directory)
            : config.Entries.Find(candidate => candidate.Name == name);
        if (entry is null)
        {
            run.Problem(
                FindingId.ProviderEntry,
                $"none of the kubelet's providers is {name ?? Destination.DefaultName}",
                "add what fast-provider generate kubelet-config prints; for an entry of another name give --name",
                config.Entries.ConvertAll(static other => $"{other.Place}: {other.Name}"));
            return null;
        }

        if (entry.ApiVersion != RequestVersion || entry.ConfigVersion != "kubelet.config.k8s.io/v1")
        {
            run.Problem(
                FindingId.ProviderEntry,
                $"{entry.Place}: {entry.Name} has apiVersion \"{entry.ApiVersion}\" in a file of \"{entry.ConfigVersion}\"",
                $"set {RequestVersion} and kubelet.config.k8s.io/v1: older ones carry no ServiceAccount token");
        }
        else
        {
            run.Ok(FindingId.ProviderEntry, $"{entry.Place}: {entry.Name}");
        }

        if (config.Entries.Find(other => other.Name != entry.Name && other.IsNamedAsOurs) is { } second)
        {
            run.Warn(
                FindingId.ProviderEntry,
                $"{second.Place}: {second.Name} is run beside {entry.Name}, and both write the same auth files",
                "take one of the two entries out, and restart the kubelet");
        }

        return entry;
    }

    private static void CheckBinary(DoctorRun run, ProviderEntry entry, string directory)
    {
        var path = $"{directory}/{entry.Name}";
        var errno = run.Files.Status(path, out var status);
        if (errno != 0 || status.Kind != Libc.S_IFREG)
        {
            run.Problem(FindingId.ProviderBinary,
                $"{path}: {(errno != 0 ? errno.Words() : "it is no file")}; a kubelet with such an entry does not start",
                $"fast-provider install --to {path[..path.LastIndexOf('/')]} --name {entry.Name}");
        }
        else if (Ownership.Of(status, Ownership.Root) is var ownership && !ownership.IsExecutable)
        {
            run.Problem(FindingId.ProviderBinary, $"{path} is not executable", $"chmod 0755 {path}");
        }
        else if (!ownership.IsSafe)
        {
            run.Problem(FindingId.ProviderBinary,
                $"{path} runs as root, and others than root may write it",
                $"chown root:root {path}; chmod 0755 {path}");
        }
        else if (OpenAbove(run, directory) is { } open)
        {
            run.Problem(
                FindingId.ProviderBinary,
                $"{path} runs as root, and others than root may write {open}",
                $"chown root:root {open}; chmod 0755 {open}");
        }
        else if (ProgramFile.WhyNotRun(run, path) is { } broken)
        {
            run.Problem(FindingId.ProviderBinary,
                $"{path} cannot be run: {broken}",
                $"install the package of this architecture and C library,"
                    + $" or fast-provider install --to {directory} --name {entry.Name}");
        }
        else if (ProgramFile.IsScript(run.Files, path))
        {
            run.Unknown(FindingId.ProviderBinary, $"{path} is a script: what it runs is not known here",
                "what follows is right if it runs fast-provider with these args");
        }
        else if (!ProviderConfig.IsOurs(run.Files, path))
        {
            var means = run.IsOpenShift
                ? "fast-provider generate daemonset and machineconfig, as docs/rollout.md says"
                : $"fast-provider install --to {path[..path.LastIndexOf('/')]} --name {entry.Name}";
            run.Warn(
                FindingId.ProviderBinary,
                $"{path} is another program than fast-provider",
                $"to replace it: {means}; what follows is about fast-provider");
        }
        else if (!run.IsThisNode)
        {
            run.Ok(FindingId.ProviderBinary, $"{path} is a fast-provider");
        }
        else if (VersionCheck.Ours(path) is var version && !version.IsOk)
        {
            run.Problem(FindingId.ProviderBinary,
                $"{path} does not run: {version.Failure.Message}",
                "install the package of this architecture");
        }
        else
        {
            run.Ok(FindingId.ProviderBinary, $"{path} is {version.Value}");
        }
    }

    /// <summary>
    /// A directory on the way to the program that others may change; a sticky one lets them change only what is theirs.
    /// </summary>
    private static string? OpenAbove(DoctorRun run, string directory)
    {
        for (var path = directory; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
        {
            if (run.Files.Status(path, out var status) == 0 && !Ownership.Of(status, Ownership.Root).IsSafeWay)
            {
                return path;
            }
        }

        return null;
    }

    private static void CheckSettings(DoctorRun run, ProviderEntry entry)
    {
        var read = Options.Read(entry.Arguments, run.Variable);
        if (!read.IsOk)
        {
            run.Problem(FindingId.ProviderSettings,
                $"{entry.Place}: {read.Failure.Message}",
                "with such args or env every run ends with status 2");
            return;
        }

        var options = read.Value;
        if (options.Inquiry is not Inquiry.None)
        {
            run.Problem(FindingId.ProviderSettings,
                $"{entry.Place}: the args ask for help or the version, so no run answers the kubelet",
                "take that out of the args");
            return;
        }

        run.Pull = options;
        if (options.ApiServer is not null && ServerUrl.Parse(options.ApiServer, out _) is { } badUrl)
        {
            run.Problem(
                FindingId.ProviderSettings, $"{entry.Place}: --api-server {badUrl}",
                "with such args or env every run ends with status 2");
            return;
        }

        if (options.Secrets is SecretsMode.Annotation or SecretsMode.Auto
            && !entry.RequiredAnnotationKeys.AsSpan().Contains(options.SecretsAnnotation)
            && !entry.OptionalAnnotationKeys.AsSpan().Contains(options.SecretsAnnotation))
        {
            run.Problem(FindingId.ProviderSettings,
                $"{entry.Place}: --secrets {Encoding.ASCII.GetString(options.Secrets.Word())}, but the kubelet does not"
                    + $" pass annotation {options.SecretsAnnotation} along",
                $"add {options.SecretsAnnotation} to optionalServiceAccountAnnotationKeys");
            return;
        }

        run.Ok(FindingId.ProviderSettings,
            entry.Arguments.Length == 0 ? "the entry has no args" : $"args: {entry.ArgumentsText}");
    }

    private static void CheckTokens(DoctorRun run, ProviderEntry entry)
    {
        if (!entry.HasTokenAttributes)
        {
            run.Problem(
                FindingId.TokenAttributes,
                $"{entry.Place}: no tokenAttributes, so the kubelet sends no token and no pull gets credentials of ours",
                "add tokenAttributes as fast-provider generate kubelet-config prints them");
        }
        else if (entry.RequiresServiceAccount is true)
        {
            run.Note(FindingId.TokenAttributes,
                $"{entry.Place}: requireServiceAccount is true, so the provider is not run for static pods");
        }
        else
        {
            run.Ok(FindingId.TokenAttributes, $"cacheType {entry.CacheType}, audience {entry.Audience}");
        }
    }

    private static void CheckCache(DoctorRun run, ProviderEntry entry)
    {
        var isNone = entry.DefaultCacheDuration is null or "0"
            || (GoDuration.TryParse(entry.DefaultCacheDuration, out var time) && time == TimeSpan.Zero);
        run.Findings.Add(new Finding(FindingId.CacheDuration, isNone ? Level.Ok : Level.Note, isNone
            ? "answers are not cached"
            : $"defaultCacheDuration is {entry.DefaultCacheDuration}; fast-provider says itself that its answers are not cached,"
                + " the Go provider would lose pulls by it",
            null));
    }
}
