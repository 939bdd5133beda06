using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Commands.Doctor;

/// <summary>CRI-O: its version, and that it looks where the provider does.</summary>
internal static class CrioChecks
{
    private const int MaxBytes = 64 * 1024;

    private const double LastSecond = 253_402_300_799; // of the year 9999

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    public static void Run(DoctorRun run)
    {
        run.CrioService = NodeService.Find(run.Files, ["crio.service"], ["crio"]);
        run.Crio = CrioConf.Read(run.Files, run.CrioService);
        if (run.CrioService is not { } crio)
        {
            run.Problem(FindingId.Crio, "no CRI-O runs here, and there is no crio.service",
                "the provider is for nodes that run CRI-O: other runtimes read no auth file of a namespace");
            return;
        }

        var isStopped = crio.ProcessId is null && run.IsThisNode;
        run.Findings.Add(new Finding(FindingId.Crio, isStopped ? Level.Warning : crio.ProcessId is null ? Level.Note : Level.Ok,
            crio.ProcessId is null
                ? $"CRI-O does not run{(isStopped ? "" : " below --root")}; its unit {crio.Origin} says how it would be started"
                : $"CRI-O runs ({crio.Origin}"
                    + $"{(crio.StartedUtc is { } started ? $", since {started:yyyy-MM-dd HH:mm:ss} UTC" : "")})",
            isStopped ? "systemctl status crio" : null));
        run.CheckUnit(FindingId.Crio, crio);
        CheckVersion(run, ProgramVersion.Of(run, crio));
        if (run.UnseenArguments(crio) is { } unseen)
        {
            // What can be seen may still be wrong, but not that the rest is right.
            run.Unknown(FindingId.CrioAuthDir, $"which flags CRI-O has is not known, as {unseen}",
                "compare its --config, --namespaced-auth-dir and --registries-conf with the args of the provider's entry");
        }

        CheckRegistriesPlace(run, crio);
        CheckConf(run);
        CheckAuthPlace(run);
    }

    /// <summary>The global auth file that CRI-O's flags, variables and files name; null if they name none.</summary>
    public static string? GlobalAuthFileOf(DoctorRun run) => run.Crio.GlobalAuthFile is { Length: > 0 } file ? file : null;

    /// <summary>A file that changed since CRI-O read it: the provider goes by it with the next pull, CRI-O does not.</summary>
    public static void CheckReload(DoctorRun run, List<string> registriesFiles)
    {
        if (run.CrioService?.StartedUtc is not { } read)
        {
            return;
        }

        if (LastReload(run) is { } reloaded && reloaded > read)
        {
            read = reloaded;
        }

        var newer = ChangedSince(run, registriesFiles, read);
        if (newer.Count > 0 && LastSignal(run, read) is { } signalled && signalled > read)
        {
            read = signalled;
            newer = ChangedSince(run, registriesFiles, read);
        }

        if (newer.Count > 0)
        {
            run.Problem(FindingId.CrioReload,
                $"changed after CRI-O had read them ({read:yyyy-MM-dd HH:mm:ss} UTC): the provider goes by them already,"
                    + " CRI-O still pulls as before",
                "systemctl reload crio",
                newer);
        }
        else
        {
            run.Ok(FindingId.CrioReload, "CRI-O has read registries.conf since its last change");
        }
    }

    private static List<string> ChangedSince(DoctorRun run, List<string> registriesFiles, DateTime read)
    {
        List<string> newer = [];
        foreach (var file in registriesFiles)
        {
            var isWatched = run.Crio.ReloadsRegistries
                && file.StartsWith("/etc/containers/registries.conf.d/", StringComparison.Ordinal);
            // Times of processes are known to a hundredth, of a reload to a second.
            if (!isWatched
                && Libc.StatusOfTarget(FileBytes.NulTerminated(file), out var status) == 0
                && status.Modified.Utc > read.AddSeconds(1))
            {
                newer.Add(file);
            }
        }

        return newer;
    }

    /// <summary>
    /// A SIGHUP that somebody sent, of which systemd does not know: CRI-O says in the journal what it then has read (its
    /// pkg/config/reload.go, ReloadRegistries). Null where nothing of the kind can be found.
    /// </summary>
    private static DateTime? LastSignal(DoctorRun run, DateTime since)
    {
        if (!run.IsThisNode || run.CrioService?.ProcessId is not { } id)
        {
            return null;
        }

        var sinceSeconds = new DateTimeOffset(since, TimeSpan.Zero).ToUnixTimeSeconds();
        var journal = new ChildProcess(
            "journalctl",
            ["--quiet", "--no-pager", "--reverse", "--lines=1", "--output=short-unix", $"--since=@{sinceSeconds}",
                "--grep=pplied new registry configuration",
                $"_PID={id}", "_UID=0"],
            Budget);
        _ = journal.Read(MaxBytes, out var output);
        var said = Encoding.UTF8.GetString(output);
        var blank = said.IndexOf(' ');
        return blank > 0
            && double.TryParse(
                said.AsSpan(0, blank), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < LastSecond
            ? DateTime.UnixEpoch.AddSeconds(seconds)
            : null;
    }

    private static DateTime? LastReload(DoctorRun run)
    {
        const string mark = "start_time=[@";
        if (!run.IsThisNode
            || new ChildProcess("systemctl", ["show", "crio.service", "-p", "ExecReload", "--timestamp=unix"], Budget)
                .Read(MaxBytes, out var output) is not null)
        {
            return null;
        }

        var said = Encoding.UTF8.GetString(output);
        var start = said.LastIndexOf(mark, StringComparison.Ordinal);
        var end = start < 0 ? -1 : said.IndexOf(']', start);
        return end > 0
            && long.TryParse(
                said.AsSpan()[(start + mark.Length)..end], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTime.UnixEpoch.AddSeconds(seconds)
            : null;
    }

    private static void CheckVersion(DoctorRun run, ProgramVersion? version)
    {
        if (version is null)
        {
            run.Unknown(FindingId.CrioVersion,
                "CRI-O's version was not found",
                "1.34.3, 1.35.0 or newer is needed: crio --version");
        }
        else if (version.IsBefore(1, 34, 3))
        {
            run.Problem(FindingId.CrioVersion,
                $"CRI-O is {version.Text}: it reads no auth file of a namespace and an image",
                "CRI-O 1.34.3, 1.35.0 or newer is needed");
        }
        else
        {
            run.Ok(FindingId.CrioVersion, $"CRI-O is {version.Text}");
        }
    }

    /// <summary>CRI-O's own flags and variables can send it to another registries.conf than the provider finds.</summary>
    private static void CheckRegistriesPlace(DoctorRun run, NodeService crio)
    {
        var ours = RegistriesChecks.FilesOf(run);
        var main = crio.Flag("--registries-conf") ?? crio.Environment.GetValueOrDefault("CONTAINERS_REGISTRIES_CONF", "");
        var last = crio.Environment.GetValueOrDefault("CONTAINERS_REGISTRIES_CONF_OVERRIDE", "");
        var dropIns = crio.Flag("--registries-conf-dir");
        if (main.Length > 0 && main != (run.Pull.RegistriesConf ?? run.Variable("CONTAINERS_REGISTRIES_CONF") ?? ""))
        {
            run.Problem(FindingId.CrioRegistries,
                $"CRI-O reads {main}, the provider {ours.MainPath ?? "the registries.conf of the system"}",
                $"add --registries-conf={main} to the args of the provider's entry");
        }
        else if (dropIns is not null && dropIns != run.Pull.RegistriesConfDir)
        {
            run.Problem(FindingId.CrioRegistries, $"CRI-O reads the drop-ins of {dropIns}, the provider those of the system",
                $"add --registries-conf-dir={dropIns} to the args of the provider's entry");
        }
        else if (last != (run.Variable("CONTAINERS_REGISTRIES_CONF_OVERRIDE") ?? ""))
        {
            run.Problem(FindingId.CrioRegistries,
                "CONTAINERS_REGISTRIES_CONF_OVERRIDE is another for CRI-O than for the provider",
                "set it in the env of the provider's entry, too");
        }
        else
        {
            run.Ok(FindingId.CrioRegistries, "CRI-O and the provider read the same registries.conf");
        }
    }

    private static void CheckConf(DoctorRun run)
    {
        if (run.Crio.Faults.Count > 0)
        {
            run.Problem(FindingId.CrioConf,
                "these files cannot be read, or CRI-O does not start with them; the provider goes by none of them",
                "mend them",
                run.Crio.Faults);
        }
        else
        {
            var main = run.Crio.MainFile.Length > 0 ? $"{run.Crio.MainFile} and " : "";
            run.Ok(FindingId.CrioConf, $"CRI-O is configured by {main}{run.Crio.DropInDirectory}");
        }
    }

    private static void CheckAuthPlace(DoctorRun run)
    {
        var theirs = run.Crio.NamespacedAuthDirectory;
        var ours = run.Pull.AuthDir ?? theirs;
        if (theirs.TrimEnd('/') != ours.TrimEnd('/'))
        {
            run.Problem(FindingId.CrioAuthDir, $"CRI-O takes auth files from {theirs}, the provider writes them to {ours}",
                "take --auth-dir out of the args of the provider's entry: without it the provider asks CRI-O's own settings");
        }
        else
        {
            run.Ok(FindingId.CrioAuthDir, $"CRI-O takes auth files from {ours}, where the provider writes them");
        }
    }
}
