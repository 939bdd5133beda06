using System;
using System.Text;
using FastProvider.Agent;
using FastProvider.AuthFile;
using FastProvider.Commands.Agent;
using FastProvider.Commands.Generate;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Commands.Doctor;

/// <summary>The agent: that runs reach it where one is set up, and how it is. Where none is, pulls do without.</summary>
internal static class AgentChecks
{
    /// <summary>systemd opens the socket of an enabled unit at each boot.</summary>
    private const string EnabledSocket = $"/etc/systemd/system/sockets.target.wants/{AgentUnitDocuments.SocketName}";

    private const string Restart = $"systemctl restart {AgentUnitDocuments.ServiceName}";

    public static void Run(DoctorRun run)
    {
        var socket = run.Pull.AgentSocket ?? Options.AgentSocketIn(run.Pull.LockDir);
        var errno = Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(socket), out var status);
        if (run.Pull.AgentSocket is null)
        {
            NotAsked(run, socket, isThere: errno == 0);
        }
        else if (errno == Errno.ENOENT)
        {
            Missing(run, socket);
        }
        else if (errno != 0)
        {
            run.Unknown(FindingId.Agent, $"the agent's socket {socket}: {errno.Words()}", "run doctor as root");
        }
        else if (status.Kind != Libc.S_IFSOCK)
        {
            run.Warn(FindingId.Agent, $"{socket} is no socket, so every run does all by itself", $"remove {socket}");
        }
        else
        {
            CheckOwners(run, socket, status);
            Ask(run, socket);
        }
    }

    private static void NotAsked(DoctorRun run, string socket, bool isThere)
    {
        if (isThere)
        {
            run.Note(
                FindingId.Agent, $"an agent has its socket at {socket}, but the provider has --agent none, so no run asks it",
                "take --agent none out of the args or env of the entry,"
                    + $" or systemctl disable --now {AgentUnitDocuments.SocketName}");
        }
        else
        {
            run.Ok(FindingId.Agent, "runs ask no agent (--agent none)");
        }
    }

    private static void Missing(DoctorRun run, string socket)
    {
        // Below a root that does not run, no socket of /run is to be had.
        if (!run.MayBeImage && run.Files.Exists(EnabledSocket))
        {
            run.Warn(
                FindingId.Agent,
                $"{AgentUnitDocuments.SocketName} is enabled, but there is no socket {socket}, so every run does all by itself",
                $"systemctl status {AgentUnitDocuments.SocketName}; systemctl restart it; its ListenStream is to be {socket}");
        }
        else
        {
            run.Ok(FindingId.Agent, $"no agent is set up: there is no socket {socket}; runs do all by themselves");
        }
    }

    /// <summary>Who else may connect could fill its queue, and who may write in its directory could take it away.</summary>
    private static void CheckOwners(DoctorRun run, string socket, in Libc.FileStatus status)
    {
        var directory = socket[..Math.Max(socket.LastIndexOf('/'), 1)];
        if (DirectoryChecks.OfPuller(status) is { Fault: { } fault } ownership)
        {
            run.Warn(
                FindingId.AgentSocket, $"the agent's socket {socket} {fault}",
                ownership.IsOurs ? $"chmod 0600 {socket}, and SocketMode=0600 in the unit"
                    : $"end whoever made it, and remove {socket}: the agent makes it anew");
        }
        else if (Libc.StatusOfTarget(FileBytes.NulTerminated(directory), out var above) == 0
            && DirectoryChecks.OfPuller(above) is { Fault: { } open } way)
        {
            run.Warn(
                FindingId.AgentSocket, $"{directory}, where the agent's socket lies, {open}", way.Cure(directory));
        }
        else
        {
            run.Ok(FindingId.AgentSocket, $"{socket} and its directory belong to root, and nobody else may write there");
        }
    }

    private static void Ask(DoctorRun run, string socket)
    {
        if (!run.IsThisNode)
        {
            run.Note(FindingId.Agent, $"there is a socket {socket}; the agent is not asked from here");
            return;
        }

        if (!Ownership.IsRootHere)
        {
            run.Unknown(FindingId.Agent, "the agent answers root alone", "run doctor as root");
            return;
        }

        using var answer = new SecretBuffer();
        var reason = StatusQuestion.Ask(socket, answer);
        if (reason is AloneReason.None && AgentReply.TryRead(answer.WrittenSpan, out var reply)
            && AgentReport.Read(Encoding.UTF8.GetString(reply.Output)) is { } report)
        {
            run.Ok(FindingId.Agent, $"process {report["process"]} answers on {socket}, {report["runs"]} runs so far");
            CheckVersion(run, report);
            CheckGrants(run, report);
            CheckApi(run, report);
        }
        else if (reason is AloneReason.NoAgent && !run.Files.Exists(EnabledSocket))
        {
            run.Note(
                FindingId.Agent, $"nobody listens on {socket}: the agent that was there was killed; runs do all by themselves",
                "nothing: the next agent takes its place");
        }
        else
        {
            run.Warn(
                FindingId.Agent,
                $"no agent answers on {socket}: {StatusQuestion.WhyNot(reason)}; every run does all by itself",
                $"{Restart}; without that unit end the process that has the socket (ss -xlp)");
        }
    }

    private static void CheckVersion(DoctorRun run, AgentReport report)
    {
        if (report["version"] is var version && version != BuildVersion.Value)
        {
            run.Warn(
                FindingId.AgentVersion,
                $"the agent is fast-provider {version}, and this program {BuildVersion.Value}: runs of another version do all by"
                    + " themselves, and the first of them ends the agent",
                $"{Restart}; if that changes nothing, the unit runs another file than the kubelet (provider-binary)");
        }
        else
        {
            run.Ok(FindingId.AgentVersion, $"the agent is of this program's version, {version}");
        }
    }

    /// <summary>
    /// A grant ends with its lifetime, which does not run while a pull is under way. Pulls in a row may take longer than that,
    /// but then other files are taken meanwhile.
    /// </summary>
    private static void CheckGrants(DoctorRun run, AgentReport report)
    {
        var lifetime = run.Pull.UntakenLifetime;
        var longest = lifetime == TimeSpan.Zero ? TimeSpan.FromHours(1) : 2 * lifetime + PullsUnderWay.LongestPull;
        if (report.Seconds("oldest grant") is { } oldest && oldest > longest)
        {
            run.Warn(
                FindingId.AgentGrants,
                $"{report["grants"]} auth files wait for their pulls, the oldest for {DirectoryChecks.Spelled(oldest)}",
                $"see stale-in-use first, as files of ended pulls keep them; {Restart} lets go of them");
        }
        else
        {
            run.Ok(FindingId.AgentGrants, report["grants"] is "0" ? "no auth file waits for its pull"
                : $"{report["grants"]} auth files wait for their pulls, none for long");
        }
    }

    private static void CheckApi(DoctorRun run, AgentReport report)
    {
        var answered = report.Seconds("last API answer");
        var failures = report.FailuresSince(answered is { } since ? DateTime.UtcNow - since : DateTime.MinValue);
        if (failures.Count > 0)
        {
            run.Warn(
                FindingId.AgentApi,
                answered is null ? "no API server has answered this agent" : "no API server answers this agent any more",
                "see api-server; if that is well, something keeps the service from it (IPAddressDeny, a proxy of the unit)",
                failures);
        }
        else
        {
            run.Ok(FindingId.AgentApi, answered is null ? "the agent has not asked the API server yet"
                : $"the API server's last answer to the agent: {report["last API answer"]}");
        }
    }
}
