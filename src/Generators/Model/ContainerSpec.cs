namespace FastProvider.Generators.Model;

/// <summary>The type that the emitted code becomes a part of.</summary>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Types">The declarations from the outermost to the type itself, such as <c>partial struct Name</c>.</param>
/// <param name="FileName">The name of the emitted file, without its ending.</param>
internal sealed record ContainerSpec(string Namespace, EquatableArray<string> Types, string FileName);
