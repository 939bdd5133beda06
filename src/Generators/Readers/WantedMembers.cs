using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;
using FastProvider.Generators.Names;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Readers;

/// <summary>Reads the members that values go into.</summary>
internal static class WantedMembers
{
    private const string BufferType = "FastProvider.Native.SecretBuffer";

    private const string ReaderType = "System.Text.Json.Utf8JsonReader", PieceReaderType = "FastProvider.Json.JsonPieceReader";

    public static LeafSpec? ReadLeaf(
        ISymbol member, string[] path, ReaderForm form, Dictionary<string, EnumTableSpec> tables, in FaultSink sink)
    {
        if (member is IMethodSymbol method)
        {
            var isEachProperty = path[path.Length - 1] == WantedTree.EachProperty;
            if (IsTaker(method, form) && !(form.IsResumable && isEachProperty))
            {
                var spec = new MethodSpec(
                    method.Name, method.ReturnType.SpecialType is SpecialType.System_Boolean, true, method.Parameters.Length > 1);
                return new LeafSpec("", LeafKind.Method, method.Name, "", spec);
            }

            sink.Add(Diagnostics.WrongTaker, method.Name);
            return null;
        }

        var (type, isWritable) = member switch
        {
            IFieldSymbol field => (field.Type, !field.IsReadOnly),
            IPropertySymbol property => (property.Type, property.SetMethod is { IsInitOnly: false }),
            _ => (null, false),
        };
        var kind = type is null || member.IsStatic ? null : KindOf(type);
        if (kind is LeafKind.Bytes && form.IsResumable)
        {
            sink.Add(Diagnostics.NotResumable, member.Name);
            return null;
        }

        if (kind is null || (!isWritable && kind is not LeafKind.Buffer))
        {
            sink.Add(Diagnostics.UnsupportedMember, member.Name);
            return null;
        }

        var table = "";
        if (kind is LeafKind.Enum && !AddTable((INamedTypeSymbol)type!, tables, sink, out table))
        {
            return null;
        }

        return new LeafSpec("", kind.Value, member.Name, table, null);
    }

    public static MethodSpec? ReadHook(ISymbol member, ReaderForm form, in FaultSink sink)
    {
        if (member is IMethodSymbol { Parameters.Length: 0, IsStatic: false, Arity: 0 } method
            && ReturnsVerdict(method, form.IsResumable))
        {
            return new MethodSpec(method.Name, method.ReturnType.SpecialType is SpecialType.System_Boolean, false, false);
        }

        sink.Add(Diagnostics.WrongTaker, member.Name);
        return null;
    }

    private static LeafKind? KindOf(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Int64 ? LeafKind.Number
        : type.TypeKind is TypeKind.Enum ? LeafKind.Enum
        : type.ToDisplayString() switch
        {
            "System.ReadOnlyMemory<byte>" => LeafKind.Bytes,
            BufferType => LeafKind.Buffer,
            _ => null,
        };

    private static bool IsTaker(IMethodSymbol method, ReaderForm form) =>
        method.Arity == 0 && ReturnsVerdict(method, form.IsResumable)
        && method.Parameters.FirstOrDefault() is { RefKind: RefKind.Ref } reader
        && reader.Type.ToDisplayString() == (form.ReadsPieces ? PieceReaderType : ReaderType)
        && (method.Parameters.Length == 1
            || (method.Parameters.Length == 2 && !form.IsResumable && method.Parameters[1].Type.ToDisplayString() == BufferType));

    /// <summary>
    /// A reader of a whole document has no use for a verdict: what is wrong is an exception, or kept by the method.
    /// </summary>
    private static bool ReturnsVerdict(IMethodSymbol method, bool isResumable) =>
        method.ReturnsVoid || (isResumable && method.ReturnType.SpecialType is SpecialType.System_Boolean);

    private static bool AddTable(
        INamedTypeSymbol type, Dictionary<string, EnumTableSpec> tables, in FaultSink sink, out string name)
    {
        name = EnumNames.ShortName(type);
        if (tables.ContainsKey(name))
        {
            return true;
        }

        var before = sink.All.Count;
        var names = EnumNames.Read(type, set: null, [], sink.Place, sink.All, sink.Cancel).ToArray();
        NameText.Check(names, ignoreCase: false, sink.All);
        var miss = EnumNames.Unnamed(type, set: null, sink.Place, sink.All);
        if (names.Length == 0)
        {
            sink.Add(Diagnostics.NoNames, type.Name);
        }

        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        tables[name] = new EnumTableSpec(name, space, miss ?? "", new([.. names.Select(static entry => entry.Name)]));
        return sink.All.Count == before;
    }
}
