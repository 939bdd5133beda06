namespace FastProvider.Json;

/// <summary>Where in a string, number or literal the reading stands.</summary>
internal struct CutPlace
{
    /// <summary>What of an escape is still to come: 0 for nothing, 1 to 4 digits, 5 for all behind the backslash.</summary>
    public int EscapeLeft { get; set; }

    /// <summary>Whether the string has any escape.</summary>
    public bool HasEscapes { get; set; }

    /// <summary>The last part of the number.</summary>
    public NumberPart Number { get; set; }

    /// <summary>How many letters of the literal have come.</summary>
    public int Letters { get; set; }

    /// <summary>The first of them, by which it is known.</summary>
    public byte Literal { get; set; }
}
