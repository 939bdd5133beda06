using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Chain;

/// <summary>
/// One run of another credential provider, as a kubelet runs it (kubernetes, pkg/credentialprovider/plugin/plugin.go,
/// execPlugin): the request on its standard input, its answer to the end of its standard output.
/// </summary>
internal static class ChainedProcess
{
    /// <summary>An answer has a few lines; a kubelet has no bound.</summary>
    public const int MaxAnswerBytes = 1024 * 1024;

    private const int PieceBytes = 16 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Without its name.</param>
    /// <param name="environment">All of its variables, each as NAME=VALUE.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="deadline">Then it is killed, with all processes of its group.</param>
    /// <param name="answer">What it printed. May hold a credential, also after a fault.</param>
    /// <returns>Null, or why there is no answer, in words that follow the provider's name: nothing of what it printed.</returns>
    public static string? Run(
        string path, string[] arguments, string[] environment, ReadOnlySpan<byte> request, Deadline deadline,
        SecretBuffer answer)
    {
        var errno = Libc.SpawnAsked(path, [path, .. arguments], environment, request, out var pid, out var output);
        if (errno != 0)
        {
            return $"cannot be started: {path}: {errno.Words()}";
        }

        var fault = Read(output, deadline, answer);
        Libc.Close(output);
        var status = 0;
        while (fault is null && !Libc.HasEnded(pid, out status))
        {
            if (deadline.IsOver)
            {
                fault = "did not end in time";
            }
            else
            {
                Thread.Sleep(1);
            }
        }

        if (fault is not null)
        {
            // Before it is waited for: its number is the group's, and must not be another's by then.
            Libc.KillGroup(pid);
            _ = Libc.End(pid, now: true);
        }

        return fault ?? (status == 0 ? null
            : status > Libc.FirstSignalStatus ? $"was killed by signal {status - Libc.FirstSignalStatus}"
            : $"ended with status {status}: run it by hand to see why");
    }

    private static string? Read(int output, Deadline deadline, SecretBuffer answer)
    {
        while (Libc.Wait(output, Libc.POLLIN, deadline.RemainingMs))
        {
            var count = Libc.Read(output, answer.GetSpan(PieceBytes)[..PieceBytes]);
            if (count <= 0)
            {
                return count == 0 ? null : $"cannot be read: {Libc.ErrorOf(count).Words()}";
            }

            answer.Advance(count);
            if (answer.Length > MaxAnswerBytes)
            {
                return $"printed more than {MaxAnswerBytes} bytes";
            }
        }

        return "gave no whole answer in time";
    }
}
