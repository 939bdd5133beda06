using System.Text;
using FastProvider.Journal;
using FastProvider.Native;

namespace FastProvider.Commands.Doctor;

/// <summary>What the provider needs of the machine itself.</summary>
internal static class MachineChecks
{
    public static void Run(DoctorRun run)
    {
        if (!run.IsThisNode)
        {
            return;
        }

        if (OpenSsl.Load() is { } noTls)
        {
            run.Problem(FindingId.OpenSsl, noTls.Message, "without it every pull of a mirrored image fails");
        }
        else
        {
            run.Ok(FindingId.OpenSsl, "libssl 3 can be loaded");
        }

        if (JournalSocket.IsListening(JournalSocket.SystemPath))
        {
            run.Ok(FindingId.Journal, "journald listens");
        }
        else
        {
            run.Warn(
                FindingId.Journal,
                $"nobody listens at {Encoding.UTF8.GetString(JournalSocket.SystemPath)}:"
                    + " what pulls say is lost, and stats has nothing to count",
                "systemctl status systemd-journald; failures are in the kubelet's log all the same");
        }
    }
}
