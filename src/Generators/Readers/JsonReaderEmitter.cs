using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;
using FastProvider.Generators.Names;

namespace FastProvider.Generators.Readers;

/// <summary>Writes the reader of a <see cref="ReaderSpec"/>: this part what both forms of it share.</summary>
internal static partial class JsonReaderEmitter
{
    /// <summary>A character of a name has at most six bytes in the document: \u0041.</summary>
    private const int MaxEscapedBytes = 6;

    public static string Emit(ReaderSpec spec)
    {
        List<string> usings = ["System", "System.Buffers.Binary", "System.Text.Json",
            "FastProvider.Generators", "FastProvider.Native"];
        if (spec.ReadsPieces)
        {
            usings.Insert(usings.Count - 1, "FastProvider.Json");
        }

        usings.AddRange(spec.Tables.Select(static table => table.Namespace).Where(space => !usings.Contains(space)).Distinct());
        return SourceWriter.File(spec.Container, [.. usings], writer =>
        {
            if (spec.IsResumable)
            {
                WriteResumable(writer, spec);
            }
            else
            {
                WriteWhole(writer, spec);
            }

            foreach (var table in spec.Tables)
            {
                writer.Line();
                WriteFind(writer, spec, table.Type, TableMethod(table.Type), table.Names, table.Miss, ignoreCase: false);
            }
        });
    }

    /// <summary>The objects and arrays below a scope and itself, outermost first.</summary>
    private static IEnumerable<ScopeSpec> ScopesOf(ScopeSpec scope)
    {
        yield return scope;
        foreach (var child in scope.Properties.Select(static property => property.Value).Append(scope.Each).OfType<ScopeSpec>())
        {
            foreach (var inner in ScopesOf(child))
            {
                yield return inner;
            }
        }
    }

    private static string TableMethod(string type) => "Find" + type.Substring(type.LastIndexOf('.') + 1);

    /// <summary>
    /// The overloads that find a name where the reader stands and in bytes. Scratch memory on the stack is kept out of the
    /// first, which nearly always does without.
    /// </summary>
    private static void WriteFind(
        SourceWriter writer, ReaderSpec spec, string type, string method,
        IEnumerable<NameSpec> names, string miss, bool ignoreCase)
    {
        var scratch = MaxEscapedBytes * names.Max(static name => name.Text.Length);
        writer.Line($"private static {type} {method}(ref {spec.ReaderType} reader) =>");
        writer.Indent();
        var isElsewhere = spec.ReadsPieces ? "reader.ValueIsEscaped" : "reader.HasValueSequence || reader.ValueIsEscaped";
        writer.Line($"{isElsewhere} ? {method}Unescaped(ref reader) : {method}(reader.ValueSpan);");
        writer.Unindent();
        writer.Line();
        writer.Line($"private static {type} {method}Unescaped(ref {spec.ReaderType} reader) =>");
        writer.Indent();
        var isLenient = spec.IsLenient ? ", isLenient: true" : "";
        writer.Line($"{method}(JsonText.Unescape(reader, stackalloc byte[{scratch}]{isLenient}));");
        writer.Unindent();
        writer.Line();
        writer.Open($"private static {type} {method}(ReadOnlySpan<byte> name)");
        NameSwitch.Write(writer, "name", names, miss, ignoreCase);
        writer.Close();
    }
}
