using System.Text;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Transport;

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

        var socket = Encoding.UTF8.GetString(JournalSocket.SystemPath);
        if (checkup.Files.Status(socket, out _) is not 0 and var errno)
        {
            checkup.Warn(FindingId.Journal,
                $"{socket}: {Libc.Explain(errno)}: what pulls say is lost, and stats has nothing to count",
                "systemctl status systemd-journald; failures are in the kubelet's log all the same");
        }
        else
        {
            checkup.Ok(FindingId.Journal, "journald listens");
        }
    }
}
