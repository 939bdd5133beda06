using System.Text;
using FastProvider.Journal;
using FastProvider.Native;

namespace FastProvider.Commands.Doctor;

/// <summary>What the provider needs of the machine itself.</summary>
internal static class MachineChecks
{
    public static void Run(Checkup checkup)
    {
        if (!checkup.IsThisNode)
        {
            return;
        }

        if (OpenSsl.Load() is { } noTls)
        {
            checkup.Problem(FindingId.OpenSsl, noTls.Message, "without it every pull of a mirrored image fails");
        }
        else
        {
            checkup.Ok(FindingId.OpenSsl, "libssl 3 can be loaded");
        }

        if (JournalSocket.IsListening(JournalSocket.SystemPath))
        {
            checkup.Ok(FindingId.Journal, "journald listens");
        }
        else
        {
            checkup.Warn(
                FindingId.Journal,
                $"nobody listens at {Encoding.UTF8.GetString(JournalSocket.SystemPath)}: what pulls say is lost, and stats has nothing to count",
                "systemctl status systemd-journald; failures are in the kubelet's log all the same");
        }
    }
}
