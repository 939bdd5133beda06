using System.Text;
using FastProvider.Confinement;
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
        CheckConfinement(run);
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

    private static void CheckConfinement(DoctorRun run)
    {
        if (!run.Pull.Confines)
        {
            run.Note(
                FindingId.Confinement, "pulls give up no system calls, as --confine is none",
                "leave it out, unless it stands in the way");
        }
        else if (!CallFilter.IsKnownToKernel)
        {
            run.Note(FindingId.Confinement,
                "pulls give up no system calls, as this kernel has no filters for them (CONFIG_SECCOMP_FILTER)");
        }
        else if (run.Pull.Chains)
        {
            run.Ok(FindingId.Confinement,
                $"pulls give up {CallFilter.Count} system calls, but for those that --chain is for: they run other programs");
        }
        else
        {
            run.Ok(FindingId.Confinement, $"pulls give up {CallFilter.Count} system calls before a byte goes to the API server");
        }
    }
}
