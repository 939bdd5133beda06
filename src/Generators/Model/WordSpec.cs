namespace FastProvider.Generators.Model;

/// <summary>One partial method that gives the word of a member.</summary>
/// <param name="Container">Where the method is declared.</param>
/// <param name="Declaration">Its whole declaration.</param>
/// <param name="Parameter">The name of its parameter.</param>
/// <param name="Miss">The expression that it returns for a member without a word.</param>
/// <param name="EnumNamespace">The namespace of the enum; empty if the code needs none.</param>
/// <param name="IsBytes">Whether it returns UTF-8, not a string.</param>
/// <param name="Names">A word for each member that has one: its text, and the member as the result.</param>
internal sealed record WordSpec(
    ContainerSpec Container, string Declaration, string Parameter, string Miss, string EnumNamespace, bool IsBytes,
    EquatableArray<NameSpec> Names);
