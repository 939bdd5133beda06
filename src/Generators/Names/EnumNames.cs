using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Names;

/// <summary>Reads the <c>[Utf8Name]</c>s of an enum.</summary>
internal static class EnumNames
{
    /// <summary>The names of the members, each with the place of its attribute.</summary>
    /// <param name="type">The enum.</param>
    /// <param name="set">The set of names; null for those of no set.</param>
    /// <param name="only">The members looked for; all if there are none.</param>
    /// <param name="at">Where these stand.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static IEnumerable<(NameSpec Name, PlaceSpec? At)> Read(
        INamedTypeSymbol type, string? set, TypedConstant[] only, PlaceSpec? at, List<DiagnosticSpec> faults,
        CancellationToken cancel)
    {
        var members = type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).ToArray();
        foreach (var argument in only)
        {
            var isNamed = SymbolEqualityComparer.Default.Equals(argument.Type, type)
                && members.Any(field => Equals(field.ConstantValue, argument.Value) && NamesOf(field, set).Any());
            if (!isNamed)
            {
                faults.Add(new(Diagnostics.WrongArgument.Id, at, argument.ToCSharpString()));
            }
        }

        var wanted = members.Where(
            field => only.Length == 0 || only.Any(argument => Equals(argument.Value, field.ConstantValue)));
        foreach (var field in wanted)
        {
            foreach (var name in NamesOf(field, set))
            {
                var text = name.ConstructorArguments[0].Value as string ?? "";
                var place = PlaceSpec.Of(name.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation());
                yield return (new NameSpec(text, Expression(field)), place);
            }
        }
    }

    /// <summary>The expression of the member of value 0, which stands for all other names.</summary>
    public static string? Unnamed(INamedTypeSymbol type, string? set, PlaceSpec? at, List<DiagnosticSpec> faults)
    {
        var zero = type.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(static field => field.HasConstantValue && System.Convert.ToDecimal(field.ConstantValue, null) == 0);
        if (zero is not null && !NamesOf(zero, set).Any())
        {
            return Expression(zero);
        }

        faults.Add(new(Diagnostics.NoUnnamedZero.Id, at, type.Name));
        return null;
    }

    /// <summary>The enum as a line of code names it, in a file that uses its namespace.</summary>
    public static string ShortName(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? $"{ShortName(outer)}.{type.Name}" : type.Name;

    private static string Expression(IFieldSymbol field) => $"{ShortName(field.ContainingType)}.{field.Name}";

    /// <summary>The set of names that an attribute means; null if it says none.</summary>
    public static string? SetOf(AttributeData attribute) =>
        attribute.NamedArguments.FirstOrDefault(static named => named.Key == NameAttributes.Set).Value.Value as string;

    private static IEnumerable<AttributeData> NamesOf(IFieldSymbol field, string? set) => field.GetAttributes()
        .Where(attribute => attribute.AttributeClass?.ToDisplayString() == NameAttributes.Name && SetOf(attribute) == set);
}
