using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Names;

/// <summary>What a name of a table must be like.</summary>
internal static class NameText
{
    /// <summary>Reports names that are empty, not printable ASCII or there twice.</summary>
    public static void Check(IReadOnlyList<(NameSpec Name, PlaceSpec? At)> names, bool ignoreCase, List<DiagnosticSpec> faults)
    {
        HashSet<string> seen = [];
        foreach (var (name, at) in names)
        {
            if (Fault(name.Text, ignoreCase) is { } id)
            {
                faults.Add(new(id, at, name.Text));
            }
            else if (!seen.Add(name.Text))
            {
                faults.Add(new(Diagnostics.DuplicateName.Id, at, name.Text));
            }
        }
    }

    /// <summary>The id of what is wrong with one name alone, or null.</summary>
    public static string? Fault(string text, bool ignoreCase) =>
        text.Length == 0 ? Diagnostics.EmptyName.Id
        : text.Any(static c => c is < ' ' or > '~') ? Diagnostics.NotAscii.Id
        : ignoreCase && text.Any(static c => c is >= 'A' and <= 'Z') ? Diagnostics.UpperCase.Id
        : null;

    public static bool IsByteSpan(IParameterSymbol parameter) => parameter.RefKind is RefKind.None && IsByteSpan(parameter.Type);

    public static bool IsByteSpan(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ReadOnlySpan", Arity: 1 } span
        && span.ContainingNamespace.ToDisplayString() == "System" && span.TypeArguments[0].SpecialType is SpecialType.System_Byte;
}
