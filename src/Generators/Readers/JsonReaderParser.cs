using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastProvider.Generators.Model;
using FastProvider.Generators.Names;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Readers;

/// <summary>Reads a type marked <c>[JsonReader]</c> and the paths of its members.</summary>
internal static class JsonReaderParser
{
    /// <summary>What we read has five levels; a path beyond this is a slip.</summary>
    private const int MaxDepth = 8;

    public static Parsed<ReaderSpec> Parse(GeneratorAttributeSyntaxContext found, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        List<DiagnosticSpec> faults = [];
        var spec = Read((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], faults, cancel);
        return new Parsed<ReaderSpec>(faults.Count == 0 ? spec : null, new([.. faults]));
    }

    private static ReaderSpec? Read(
        INamedTypeSymbol type, AttributeData attribute, List<DiagnosticSpec> faults, CancellationToken cancel)
    {
        var container = Containers.Read(type, "Json", faults);
        var form = new ReaderForm(Is(attribute, "Resumable"), Is(attribute, "MostlyUnwanted"));
        var tree = new WantedTree();
        Dictionary<string, EnumTableSpec> tables = [];
        foreach (var member in type.GetMembers())
        {
            foreach (var mark in member.GetAttributes())
            {
                var place = PlaceSpec.Of(mark.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation());
                switch (mark.AttributeClass?.ToDisplayString())
                {
                    case ReaderAttributes.From:
                        AddValue(tree, member, Path(mark), form, tables, new(place, faults, cancel));
                        break;
                    case ReaderAttributes.Start:
                        AddHook(tree, member, Path(mark), isStart: true, form, new(place, faults, cancel));
                        break;
                    case ReaderAttributes.End:
                        AddHook(tree, member, Path(mark), isStart: false, form, new(place, faults, cancel));
                        break;
                }
            }
        }

        if (!tree.HasChildren && faults.Count == 0)
        {
            faults.Add(new(
                Diagnostics.NoNames.Id,
                PlaceSpec.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation()), type.Name));
        }

        return container is null || faults.Count > 0
            ? null
            : new ReaderSpec(
                container, form.IsResumable, Is(attribute, "Lenient"), Is(attribute, "NamesAreUnique"), form.IsMostlyUnwanted,
                tree.ToSpec(), new([.. tables.Values]));
    }

    private static bool Is(AttributeData attribute, string name) =>
        attribute.NamedArguments.Any(named => named.Key == name && named.Value.Value is true);

    private static string[] Path(AttributeData mark) =>
        mark.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array, IsNull: false } array
            ? [.. array.Values.Select(static value => value.Value as string ?? "")]
            : [];

    private static void AddValue(
        WantedTree tree, ISymbol member, string[] path, ReaderForm form,
        Dictionary<string, EnumTableSpec> tables, in FaultSink sink)
    {
        var isMethod = member is IMethodSymbol;
        if (!IsPath(path, isMethod, sink) || WantedMembers.ReadLeaf(member, path, form, tables, sink) is not { } leaf)
        {
            return;
        }

        if (tree.Reach(path) is { Leaf: null, HasChildren: false, Start: null, End: null } node)
        {
            node.Leaf = leaf;
        }
        else
        {
            sink.Add(Diagnostics.PathClash, Show(path));
        }
    }

    private static void AddHook(WantedTree tree, ISymbol member, string[] path, bool isStart, ReaderForm form, in FaultSink sink)
    {
        if (!IsHookPath(path, sink) || WantedMembers.ReadHook(member, form, sink) is not { } hook)
        {
            return;
        }

        if (tree.Reach(path) is { Leaf: null } node && (isStart ? node.Start : node.End) is null)
        {
            node.Start = isStart ? hook : node.Start;
            node.End = isStart ? node.End : hook;
        }
        else
        {
            sink.Add(Diagnostics.PathClash, Show(path));
        }
    }

    private static bool IsPath(string[] path, bool isMethod, in FaultSink sink)
    {
        if (path.Length == 0 || path[0] == WantedTree.EachItem)
        {
            sink.Add(Diagnostics.WrongPath, Show(path));
            return false;
        }

        // A value for any name is only of use to a method: a member would keep the last of them.
        if (path.Take(path.Length - 1).Contains(WantedTree.EachProperty)
            || (path[path.Length - 1] is WantedTree.EachProperty or WantedTree.EachItem && !isMethod))
        {
            sink.Add(Diagnostics.WrongPath, Show(path));
            return false;
        }

        return IsHookPath(path, sink);
    }

    private static bool IsHookPath(string[] path, in FaultSink sink)
    {
        if (path.Length > MaxDepth)
        {
            sink.Add(Diagnostics.TooDeep, Show(path));
            return false;
        }

        foreach (var name in path)
        {
            if (NameText.Fault(name, ignoreCase: false) is { } fault)
            {
                sink.Add(Diagnostics.ById(fault), name);
                return false;
            }
        }

        return true;
    }

    private static string Show(string[] path) => string.Join("/", path);
}
