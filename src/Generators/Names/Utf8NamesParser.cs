using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Names;

/// <summary>Reads a method marked <c>[Utf8Find]</c> and the names of its table.</summary>
internal static class Utf8NamesParser
{
    public static Parsed<FindSpec> Parse(GeneratorAttributeSyntaxContext found, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        List<DiagnosticSpec> faults = [];
        var spec = Read((IMethodSymbol)found.TargetSymbol, found.Attributes[0], faults, cancel);
        return new Parsed<FindSpec>(faults.Count == 0 ? spec : null, new([.. faults]));
    }

    private static FindSpec? Read(
        IMethodSymbol method, AttributeData attribute, List<DiagnosticSpec> faults, CancellationToken cancel)
    {
        var at = PlaceSpec.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation());
        var isBool = method.ReturnType.SpecialType is SpecialType.System_Boolean;
        var ignoreCase = attribute.NamedArguments.Any(static named => named.Key == "IgnoreCase" && named.Value.Value is true);
        var (result, mayBeNull) =
            method.ReturnType is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? (nullable.TypeArguments[0], true)
            : (method.ReturnType, false);
        var isText = method.Parameters.Length == 1
            && method.Parameters[0] is { RefKind: RefKind.None, Type.SpecialType: SpecialType.System_String };
        if (!method.IsPartialDefinition || !method.IsStatic || method.Arity > 0 || method.Parameters.Length != 1
            || (isText ? isBool || ignoreCase : !NameText.IsByteSpan(method.Parameters[0]))
            || (!isBool && result.TypeKind is not TypeKind.Enum))
        {
            faults.Add(new(Diagnostics.WrongFindMethod.Id, PlaceSpec.Of(method.Locations[0]), method.Name));
            return null;
        }

        var container = Containers.Read(method.ContainingType, isText ? method.Name + ".Text" : method.Name, faults);
        var set = EnumNames.SetOf(attribute);
        var only = attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array, IsNull: false } array
            ? array.Values.ToArray()
            : [];
        List<(NameSpec Name, PlaceSpec? At)> names = [];
        if (isBool)
        {
            foreach (var argument in only)
            {
                if (argument.Value is string text)
                {
                    names.Add((new(text, "true"), at));
                }
                else
                {
                    faults.Add(new(Diagnostics.WrongArgument.Id, at, argument.ToCSharpString()));
                }
            }
        }
        else
        {
            names.AddRange(EnumNames.Read((INamedTypeSymbol)result, set, only, at, faults, cancel));
        }

        if (names.Count == 0 && faults.Count == 0)
        {
            faults.Add(new(Diagnostics.NoNames.Id, at, method.Name));
        }

        NameText.Check(names, ignoreCase, faults);
        var type = isBool ? "bool" : EnumNames.ShortName((INamedTypeSymbol)result) + (mayBeNull ? "?" : "");
        var miss = isBool ? "false" : mayBeNull ? "null" : EnumNames.Unnamed((INamedTypeSymbol)result, set, at, faults);
        var space = isBool || result.ContainingNamespace.IsGlobalNamespace ? "" : result.ContainingNamespace.ToDisplayString();
        return container is null || miss is null ? null : new FindSpec(
            container, $"{SyntaxFacts.GetText(method.DeclaredAccessibility)} static partial {type} {method.Name}",
            method.Parameters[0].Name, isText, miss, space, ignoreCase, new([.. names.Select(static name => name.Name)]));
    }
}
