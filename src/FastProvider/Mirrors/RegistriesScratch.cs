namespace FastProvider.Mirrors;

/// <summary>
/// The memory that reading needs beside the files: kept from file to file, and by a host from pull to pull, so that reading makes
/// no garbage. For one reading at a time.
/// </summary>
internal sealed class RegistriesScratch
{
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

    /// <summary>Forgets what was read and keeps the memory.</summary>
    public void Clear()
    {
        Locations.Clear();
        Aliases.Clear();
    }
}
