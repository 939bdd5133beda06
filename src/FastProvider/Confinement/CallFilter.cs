using System;
using System.Runtime.InteropServices;
using FastProvider.Native;

namespace FastProvider.Confinement;

/// <summary>
/// What this process may no longer ask the kernel for, when it has to do with the network: a fault in a parser or in OpenSSL ends
/// the process, and does not become more (seccomp(2)). It holds for all threads, and for programs that this one starts.
/// </summary>
internal static unsafe partial class CallFilter
{
    /// <summary>How many calls are refused.</summary>
    public static int Count => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? Arm64Count : X64Count;

    /// <summary>This kernel takes filters.</summary>
    public static bool IsKnownToKernel => Libc.KnowsCallFilters();

    /// <summary>Refuses them from now on, for good.</summary>
    /// <param name="mayExecute">Programs may be started: this one once more, for an agent or an Event.</param>
    /// <returns>Why the kernel does not take the filter: it is as old, or made so.</returns>
    public static Errno Apply(bool mayExecute)
    {
        var isArm64 = RuntimeInformation.ProcessArchitecture is Architecture.Arm64;
        var all = isArm64 ? Arm64 : X64;
        var (at, end) = isArm64 ? (Arm64ExecutionAt, Arm64ExecutionEnd) : (X64ExecutionAt, X64ExecutionEnd);
        var program = stackalloc ulong[all.Length];
        var length = mayExecute ? at + all[end..].Length : all.Length;
        all[..at].CopyTo(new Span<ulong>(program, at));
        all[(mayExecute ? end : at)..].CopyTo(new Span<ulong>(program + at, length - at));
        return Libc.FilterCalls(program, (ushort)length);
    }
}
