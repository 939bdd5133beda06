using System;

namespace FastProvider.Commands;

/// <summary>
/// How much memory a command may take. The collector keeps a pull to what docs/security.md promises (Start.targets), and a
/// directory of manifests may hold more than that.
/// </summary>
internal static class CommandMemory
{
    private const ulong LimitBytes = 1024UL * 1024 * 1024;

    /// <summary>Raises the limit of this process.</summary>
    public static void Allow()
    {
        AppContext.SetData("GCHeapHardLimit", LimitBytes);
        GC.RefreshMemoryLimit();
    }
}
