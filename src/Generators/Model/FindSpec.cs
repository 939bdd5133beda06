namespace FastProvider.Generators.Model;

/// <summary>One partial method that finds a name among those of its table.</summary>
/// <param name="Container">Where the method is declared.</param>
/// <param name="Signature">Its declaration up to the parameters, such as <c>public static partial Key Find</c>.</param>
/// <param name="Parameter">The name of its parameter.</param>
/// <param name="IsText">Whether the parameter is a string, not bytes.</param>
/// <param name="Miss">The expression that it returns for any other name.</param>
/// <param name="ResultNamespace">The namespace of what it returns; empty if the code needs none.</param>
/// <param name="IgnoreCase">Whether A-Z count as a-z.</param>
/// <param name="Names">The table.</param>
internal sealed record FindSpec(
    ContainerSpec Container, string Signature, string Parameter, bool IsText, string Miss, string ResultNamespace,
    bool IgnoreCase, EquatableArray<NameSpec> Names);

/// <summary>One name and what it stands for.</summary>
/// <param name="Text">Printable ASCII, at least one byte.</param>
/// <param name="Result">The expression that is returned for it.</param>
internal sealed record NameSpec(string Text, string Result);
