using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Names;

/// <summary>Reads a method marked <c>[Utf8Word]</c> and the words of its enum.</summary>
internal static class Utf8WordsParser
{
    public static Parsed<WordSpec> Parse(GeneratorAttributeSyntaxContext found, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        List<DiagnosticSpec> faults = [];
        var spec = Read((IMethodSymbol)found.TargetSymbol, found.Attributes[0], faults, cancel);
        return new Parsed<WordSpec>(faults.Count == 0 ? spec : null, new([.. faults]));
    }

    private static WordSpec? Read(IMethodSymbol method, AttributeData attribute, List<DiagnosticSpec> faults,
        CancellationToken cancel)
    {
        var isBytes = NameText.IsByteSpan(method.ReturnType);
        if (!method.IsPartialDefinition || !method.IsStatic || method.Arity > 0
            || (!isBytes && method.ReturnType.SpecialType is not SpecialType.System_String)
            || method.Parameters.Length != 1
            || method.Parameters[0] is not { RefKind: RefKind.None, Type: INamedTypeSymbol { TypeKind: TypeKind.Enum } type })
        {
            faults.Add(new(Diagnostics.WrongWordMethod.Id, PlaceSpec.Of(method.Locations[0]), method.Name));
            return null;
        }

        var at = PlaceSpec.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation());
        var container = Containers.Read(method.ContainingType, $"{method.Name}.{type.Name}", faults);
        // Two members may have one word; it is found where it is looked for, if at all.
        var names = EnumNames.Read(type, EnumNames.SetOf(attribute), [], at, faults, cancel).ToArray();
        if (names.Length == 0)
        {
            faults.Add(new(Diagnostics.NoNames.Id, at, method.Name));
        }

        foreach (var (name, place) in names)
        {
            if (NameText.Fault(name.Text, ignoreCase: false) is { } id)
            {
                faults.Add(new(id, place, name.Text));
            }
        }

        var parameter = method.Parameters[0].Name;
        var isNullable = method.ReturnNullableAnnotation is NullableAnnotation.Annotated;
        var result = isBytes ? "ReadOnlySpan<byte>" : isNullable ? "string?" : "string";
        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        return container is null ? null : new WordSpec(
            container,
            $"{SyntaxFacts.GetText(method.DeclaredAccessibility)} static partial {result} {method.Name}"
                + $"({(method.IsExtensionMethod ? "this " : "")}{EnumNames.ShortName(type)} {parameter})",
            parameter,
            isBytes ? "default" : isNullable ? "null" : "\"\"",
            space,
            isBytes,
            new([.. names.Select(static name => name.Name).GroupBy(static name => name.Result)
                .Select(static group => group.First())]));
    }
}
