using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Generators;

/// <summary>Reads the type that emitted code is to become a part of.</summary>
internal static class Containers
{
    /// <summary>The container, or the fault that a type around it is not partial.</summary>
    /// <param name="type">The innermost type.</param>
    /// <param name="suffix">What distinguishes this output from others of the same type.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static ContainerSpec? Read(INamedTypeSymbol type, string suffix, List<DiagnosticSpec> faults)
    {
        List<string> types = [];
        List<string> names = [];
        for (var current = type; current is not null; current = current.ContainingType)
        {
            var declaration = current.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax())
                .OfType<TypeDeclarationSyntax>().FirstOrDefault();
            if (declaration is null || !declaration.Modifiers.Any(SyntaxKind.PartialKeyword) || current.Arity > 0)
            {
                faults.Add(new DiagnosticSpec(
                    Diagnostics.NotPartial.Id,
                    PlaceSpec.Of(declaration?.Identifier.GetLocation() ?? current.Locations[0]), current.Name));
                return null;
            }

            var kind = current switch
            {
                { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
                { IsRecord: true } => "record",
                { TypeKind: TypeKind.Struct } => "struct",
                _ => "class",
            };
            types.Insert(0, $"{(current.IsRefLikeType ? "ref " : "")}partial {kind} {current.Name}");
            names.Insert(0, current.Name);
        }

        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        var prefix = space.Length > 0 ? space + "." : "";
        return new ContainerSpec(space, new([.. types]), $"{prefix}{string.Join(".", names)}.{suffix}");
    }
}
