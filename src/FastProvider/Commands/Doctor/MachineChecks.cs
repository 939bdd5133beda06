using System.Text;
using FastProvider.Journal;

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

        OpenSslChecks.Run(run);
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
