using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Request;

/// <summary>Reads the kubelet's pipe to its end.</summary>
internal static class StandardInput
{
    /// <summary>
    /// A request is about 1.3 KB; annotations of a ServiceAccount may add up to 256 KiB (the API server's own bound). More than
    /// this is no request, and reading on could last until the kubelet kills us.
    /// </summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    // A request with its token is shorter than this, so the buffer need not grow for the read that finds the end.
    private const int UsualBytes = 8192;

    /// <summary>Appends all of standard input to <paramref name="request"/>.</summary>
    /// <param name="request">Takes it.</param>
    /// <param name="patience">How long to wait. A kubelet writes at once and closes the pipe.</param>
    public static Failure? ReadTo(SecretBuffer request, TimeSpan patience)
    {
        var deadline = Deadline.After(patience);
        while (true)
        {
            if (!Libc.Wait(StandardStreams.Input, Libc.POLLIN, deadline.RemainingMs))
            {
                return new Failure(FailureCause.Request,
                    $"the request on standard input did not end within {patience.TotalSeconds:0.#} s:"
                    + " a kubelet writes one JSON object and closes the pipe");
            }

            var count = Libc.Read(StandardStreams.Input, request.GetSpan(request.Length == 0 ? UsualBytes : 1));
            if (count < 0)
            {
                return new Failure(FailureCause.Request,
                    $"cannot read the request from standard input: {Libc.ErrorOf(count).Words()}");
            }

            if (count == 0)
            {
                return null;
            }

            request.Advance(count);
            if (request.Length > MaxBytes)
            {
                return new Failure(FailureCause.Request,
                    $"the request on standard input is longer than {MaxBytes} bytes, so it is not a kubelet's");
            }
        }
    }
}
