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

    private const int Descriptor = 0;

    /// <summary>Appends all of standard input to <paramref name="request"/>.</summary>
    public static Failure? ReadTo(SecretBuffer request)
    {
        while (true)
        {
            var count = Libc.Read(Descriptor, request.GetSpan(4096));
            if (count < 0)
            {
                return new Failure($"cannot read the request from standard input: {Libc.Explain(-count)}");
            }

            if (count == 0)
            {
                return null;
            }

            request.Advance(count);
            if (request.Length > MaxBytes)
            {
                return new Failure($"the request on standard input is longer than {MaxBytes} bytes, so it is not a kubelet's");
            }
        }
    }
}
