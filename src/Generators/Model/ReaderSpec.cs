namespace FastProvider.Generators.Model;

/// <summary>One type whose members are read from JSON.</summary>
/// <param name="Container">The type.</param>
/// <param name="IsResumable">Whether the document may come in pieces.</param>
/// <param name="IsLenient">
/// Whether names are found in any case, and names that are no Unicode and null for an object are passed over.
/// </param>
/// <param name="NamesAreUnique">Whether its writer repeats no name in an object.</param>
/// <param name="IsMostlyUnwanted">Whether most of the document is passed over.</param>
/// <param name="Root">What is wanted of the document, an object.</param>
/// <param name="Tables">The enums that strings are read as.</param>
internal sealed record ReaderSpec(
    ContainerSpec Container, bool IsResumable, bool IsLenient, bool NamesAreUnique, bool IsMostlyUnwanted,
    ScopeSpec Root, EquatableArray<EnumTableSpec> Tables)
{
    /// <summary>Whether it reads with FastProvider.Json rather than with System.Text.Json.</summary>
    public bool ReadsPieces => IsResumable || IsMostlyUnwanted;

    /// <summary>The type whose tokens it reads.</summary>
    public string ReaderType => ReadsPieces ? "JsonPieceReader" : "Utf8JsonReader";
}

/// <summary>Something wanted: a value, or an object or array with wanted things in it.</summary>
/// <param name="Ident">Its path as an identifier, unique in the reader.</param>
internal abstract record NodeSpec(string Ident);

/// <summary>An object or an array.</summary>
/// <param name="Ident">See <see cref="NodeSpec"/>.</param>
/// <param name="IsArray">An array, of which each item is wanted.</param>
/// <param name="Properties">What is wanted of an object.</param>
/// <param name="Each">Each item of an array, or each property of an object that is not among the properties.</param>
/// <param name="Start">Called when it begins.</param>
/// <param name="End">Called when it ends.</param>
internal sealed record ScopeSpec(
    string Ident, bool IsArray, EquatableArray<PropertySpec> Properties, NodeSpec? Each, MethodSpec? Start, MethodSpec? End)
    : NodeSpec(Ident);

/// <summary>A wanted property of an object.</summary>
internal sealed record PropertySpec(string Name, NodeSpec Value);

/// <summary>A member that a value is read into, or a method that takes it.</summary>
/// <param name="Ident">See <see cref="NodeSpec"/>.</param>
/// <param name="Kind">How it is read.</param>
/// <param name="Member">The name of the field or property, or of the enum's table.</param>
/// <param name="Table">The name of the enum, for <see cref="LeafKind.Enum"/>.</param>
/// <param name="Method">The method, for <see cref="LeafKind.Method"/>.</param>
internal sealed record LeafSpec(string Ident, LeafKind Kind, string Member, string Table, MethodSpec? Method) : NodeSpec(Ident);

/// <summary>A method that emitted code calls.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ReturnsBool">Whether it says that the document is as expected.</param>
/// <param name="TakesReader">Whether it takes the reader.</param>
/// <param name="TakesValues">Whether it takes the buffer for strings, too.</param>
internal sealed record MethodSpec(string Name, bool ReturnsBool, bool TakesReader, bool TakesValues);

/// <summary>An enum whose names are strings of the document.</summary>
internal sealed record EnumTableSpec(string Type, string Namespace, string Miss, EquatableArray<NameSpec> Names);

/// <summary>How a value is read.</summary>
internal enum LeafKind
{
    /// <summary>A string, appended to the buffer for strings.</summary>
    Bytes,

    /// <summary>A number, whole or cut to a whole one.</summary>
    Number,

    /// <summary>A string, the content of a buffer of its own.</summary>
    Buffer,

    /// <summary>A string that is the name of an enum's member.</summary>
    Enum,

    /// <summary>Whatever a method makes of it.</summary>
    Method,
}
