namespace FastProvider.Settings;

/// <summary>What a flag, or the operand of a command, takes as its value.</summary>
internal readonly struct FlagShape
{
    private readonly FlagKind _kind;
    private readonly string? _label, _wanted;

    private FlagShape(FlagKind kind, string? label, string? wanted)
    {
        _kind = kind;
        _label = label;
        _wanted = wanted;
    }

    /// <summary>True if it is there alone; <c>--flag=false</c> is possible.</summary>
    public static FlagShape Switch => new(FlagKind.Switch, null, "neither true nor false");

    /// <summary>The path of a file.</summary>
    public static FlagShape File => new(FlagKind.File, "FILE", null);

    /// <summary>The path of a directory.</summary>
    public static FlagShape Directory => new(FlagKind.Directory, "DIR", null);

    /// <summary>One of some words.</summary>
    /// <param name="words">The words with bars between them.</param>
    public static FlagShape OneOf(string words) => new(FlagKind.Choice, words, null);

    /// <summary>Any text, or one that is checked.</summary>
    /// <param name="label">What to call the value.</param>
    /// <param name="wanted">What a refused one is, in words that follow "is".</param>
    public static FlagShape Text(string label, string? wanted = null) => new(FlagKind.Text, label, wanted);

    /// <summary>A list with commas, which may have nothing in it.</summary>
    public static FlagShape List(string label, string wanted) => new(FlagKind.List, label, wanted);

    public bool IsSwitch => _kind is FlagKind.Switch;

    public bool IsFile => _kind is FlagKind.File;

    public bool IsDirectory => _kind is FlagKind.Directory;

    public bool IsPath => IsFile || IsDirectory;

    public bool IsChoice => _kind is FlagKind.Choice;

    public bool MayBeEmpty => _kind is FlagKind.List;

    /// <summary>What stands for the value in a help; null for a switch.</summary>
    public string? Label => _label;

    /// <summary>The words of a choice; none for other shapes.</summary>
    public string[] Words => IsChoice ? _label!.Split('|') : [];

    /// <summary>Says that a value is not of this shape.</summary>
    public string Refuse(string value) =>
        $"\"{Argument.Printable(value)}\" is {(IsChoice ? $"none of {string.Join(", ", Words)}" : _wanted)}";

    private enum FlagKind : byte
    {
        Text,
        Switch,
        File,
        Directory,
        Choice,
        List,
    }
}
