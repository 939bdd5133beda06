namespace FastProvider.Settings;

/// <summary>
/// One setting of a pull: an argument of the kubelet's <c>args</c>, or a variable of its <c>env</c>; or a flag of a command. This
/// one definition feeds the parser, the help, the man page and the completion of shells.
/// </summary>
internal sealed unsafe class Flag
{
    private readonly FlagShape _shape;
    private readonly delegate*<Options, string, bool> _take;

    /// <summary>A flag of a command.</summary>
    public Flag(string name, FlagShape shape, string description)
    {
        Name = name;
        _shape = shape;
        Description = description;
    }

    /// <summary>A setting of a pull.</summary>
    /// <param name="name">Without the leading dashes.</param>
    /// <param name="variable">The environment variable that counts when the flag is not given.</param>
    /// <param name="shape">What it takes.</param>
    /// <param name="description">For people, with the default.</param>
    /// <param name="take">Gives the settings a value; false if it is none for this flag.</param>
    public Flag(string name, string variable, FlagShape shape, string description, delegate*<Options, string, bool> take)
    {
        Name = name;
        Variable = variable;
        _shape = shape;
        Description = description;
        _take = take;
    }

    /// <summary>Without the leading dashes.</summary>
    public string Name { get; }

    /// <summary>The environment variable that counts when the flag is not given; null for the flag of a command.</summary>
    public string? Variable { get; }

    public FlagShape Shape => _shape;

    /// <summary>For people, with the default.</summary>
    public string Description { get; }

    /// <summary>Gives the settings of a pull this value.</summary>
    /// <returns>Null, or what is wrong with the value.</returns>
    public string? Set(Options options, string value) => _take(options, value) ? null : _shape.Refuse(value);
}
