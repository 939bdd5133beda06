using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FastProvider.Generators.Model;

/// <summary>A fault of a declaration, and where it stands, without the syntax tree that it was found in.</summary>
internal sealed record DiagnosticSpec(string Id, PlaceSpec? Place, string Argument)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Diagnostics.ById(Id), Place?.ToLocation(), Argument);
}

/// <summary>A place in a source file.</summary>
internal sealed record PlaceSpec(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static PlaceSpec? Of(Location? location) => location?.SourceTree is { } tree
        ? new PlaceSpec(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : null;

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

/// <summary>What came of one declaration: a spec to emit, if it is in order, and what is wrong with it.</summary>
internal sealed record Parsed<T>(T? Spec, EquatableArray<DiagnosticSpec> Faults)
    where T : class;
