using System;

namespace FastProvider.Mirrors;

/// <summary>
/// The memory that reading one file needs beside the file: kept from file to file, so that reading makes no garbage.
/// </summary>
internal sealed class RegistriesScratch
{
    [ThreadStatic]
    private static RegistriesScratch? s_spare;

    /// <summary>The mirrors of the table that is being read.</summary>
    public MirrorTable[] Mirrors = new MirrorTable[16];

    /// <summary>The mirrors of the best match so far.</summary>
    public MirrorTable[] BestMirrors = new MirrorTable[16];

    /// <summary>Takes every table, if somebody looks at more than one image.</summary>
    public RegistriesInventory? Inventory;

    /// <summary>Location (or wildcard prefix) to its security settings: one file may not contradict itself.</summary>
    public SpanTable Locations { get; } = new();

    /// <summary>The alias names of the file: TOML forbids a second one.</summary>
    public SpanTable Aliases { get; } = new();

    /// <summary>Takes the thread's spare scratch or makes one.</summary>
    public static RegistriesScratch Rent()
    {
        var scratch = s_spare ?? new RegistriesScratch();
        s_spare = null;
        return scratch;
    }

    /// <summary>Leaves this scratch to the thread's next reader.</summary>
    public void Return() => s_spare = this;

    /// <summary>Forgets what was read and keeps the memory.</summary>
    public void Clear()
    {
        Locations.Clear();
        Aliases.Clear();
    }
}
