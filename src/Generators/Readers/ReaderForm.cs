namespace FastProvider.Generators.Readers;

/// <summary>Which reader is emitted, while its members are read.</summary>
internal readonly struct ReaderForm(bool isResumable, bool isMostlyUnwanted)
{
    public bool IsResumable => isResumable;

    public bool IsMostlyUnwanted => isMostlyUnwanted;

    /// <summary>Whether its methods take FastProvider.Json's reader rather than System.Text.Json's.</summary>
    public bool ReadsPieces => isResumable || isMostlyUnwanted;
}
