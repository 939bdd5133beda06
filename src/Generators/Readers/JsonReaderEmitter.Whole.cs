using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;

namespace FastProvider.Generators.Readers;

/// <content>A document that is in memory as a whole: one method for each object and array, which call one another.</content>
internal static partial class JsonReaderEmitter
{
    private static void WriteWhole(SourceWriter writer, ReaderSpec spec)
    {
        var scopes = ScopesOf(spec.Root).ToArray();
        var idents = scopes.SelectMany(static scope => scope.Properties)
            .Select(static property => property.Value.Ident).ToArray();
        if (idents.Length > 0)
        {
            writer.Open("private enum JsonField : byte");
            writer.Line("Unwanted,");
            foreach (var ident in idents)
            {
                writer.Line($"{ident},");
            }

            writer.Close();
            writer.Line();
        }

        if (!spec.ReadsPieces)
        {
            WriteDocument(writer, spec.Root);
        }

        foreach (var scope in scopes)
        {
            if (scope.Ident.Length == 0)
            {
                writer.Line("/// <summary>Reads the object at whose first token the reader stands, to its last.</summary>");
            }
            else
            {
                writer.Line();
            }

            writer.Open($"private void {ScopeMethod(scope)}({Parameters(spec, scope)})");
            WriteScope(writer, spec, scope);
            writer.Close();
        }

        foreach (var scope in scopes.Where(static scope => scope.Properties.Count > 0))
        {
            writer.Line();
            WriteFind(
                writer, spec, "JsonField", "FindIn" + ScopeName(scope),
                scope.Properties.Select(property => new NameSpec(
                    spec.IsLenient ? property.Name.ToLowerInvariant() : property.Name, "JsonField." + property.Value.Ident)),
                "JsonField.Unwanted", ignoreCase: spec.IsLenient);
        }
    }

    /// <summary>What every reader of a whole document does before and after its object.</summary>
    private static void WriteDocument(SourceWriter writer, ScopeSpec root)
    {
        var values = TakesValues(root) ? "SecretBuffer values, " : "";
        writer.Line(
            "/// <summary>Reads a whole document, one object. What was read before a fault stays in the members.</summary>");
        writer.Open($"private JsonFault ReadDocument(ReadOnlySpan<byte> json, {values}JsonReaderOptions options = default)");
        writer.Line("var isRead = false;");
        writer.Open("try");
        writer.Line("var reader = new Utf8JsonReader(json, options);");
        writer.Open("if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)");
        writer.Line("return new(JsonFaultKind.NoObject);");
        writer.Close();
        writer.Line();
        writer.Line($"ReadJson({Arguments(root)});");
        writer.Line("isRead = true;");
        writer.Line("// The reader refuses whatever follows the object.");
        writer.Line("reader.Read();");
        writer.Line("return default;");
        writer.Close();
        writer.Open("catch (JsonException broken)");
        writer.Line("return new(isRead ? JsonFaultKind.Trailing : JsonFaultKind.Broken, broken.BytePositionInLine ?? 0);");
        writer.Close();
        writer.Open("catch (InvalidOperationException)");
        writer.Line("return new(JsonFaultKind.WrongType);");
        writer.Close();
        writer.Close();
        writer.Line();
    }

    private static void WriteScope(SourceWriter writer, ReaderSpec spec, ScopeSpec scope)
    {
        // What an earlier object of the same name has left is gone.
        foreach (var leaf in LeavesOf(scope).Where(static leaf => leaf.Kind is not LeafKind.Method))
        {
            writer.Line(leaf.Kind is LeafKind.Buffer ? $"{leaf.Member}.Clear();" : $"{leaf.Member} = default;");
        }

        WriteHook(writer, scope.Start);
        if (scope.IsArray)
        {
            writer.Open("while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)");
            WriteItem(writer, spec, scope.Each!);
        }
        else
        {
            writer.Open("while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)");
            if (scope.Properties.Count > 0)
            {
                WriteProperties(writer, spec, scope);
            }
            else
            {
                WriteOther(writer, spec, scope);
            }
        }

        writer.Close();
        WriteHook(writer, scope.End);
    }

    private static void WriteProperties(SourceWriter writer, ReaderSpec spec, ScopeSpec scope)
    {
        writer.Open($"switch (FindIn{ScopeName(scope)}(ref reader))");
        foreach (var property in scope.Properties)
        {
            writer.Line($"case JsonField.{property.Value.Ident}:");
            writer.Indent();
            if (property.Value is ScopeSpec child)
            {
                WriteNested(writer, spec, child);
            }
            else
            {
                writer.Line("reader.Read();");
                writer.Line(Take(spec, (LeafSpec)property.Value));
            }

            writer.Line("break;");
            writer.Unindent();
        }

        writer.Line("default:");
        writer.Indent();
        WriteOther(writer, spec, scope);
        writer.Line("break;");
        writer.Unindent();
        writer.Close();
    }

    private static void WriteNested(SourceWriter writer, ReaderSpec spec, ScopeSpec child)
    {
        var token = child.IsArray ? "JsonTokenType.StartArray" : "JsonTokenType.StartObject";
        var call = $"{ScopeMethod(child)}({Arguments(child)});";
        writer.Line("reader.Read();");
        if (spec.IsLenient)
        {
            writer.Open("if (reader.TokenType is not JsonTokenType.Null)");
        }

        writer.Line($"JsonText.Require({token}, reader.TokenType);");
        writer.Line(call);
        if (spec.IsLenient)
        {
            writer.Close();
            writer.Line();
        }
    }

    /// <summary>A property that is not among those named.</summary>
    private static void WriteOther(SourceWriter writer, ReaderSpec spec, ScopeSpec scope) =>
        writer.Line(scope.Each is LeafSpec each ? Take(spec, each) : "reader.Skip();");

    private static void WriteItem(SourceWriter writer, ReaderSpec spec, NodeSpec each)
    {
        if (each is LeafSpec leaf)
        {
            writer.Line(Take(spec, leaf));
            return;
        }

        var scope = (ScopeSpec)each;
        writer.Line($"JsonText.Require(JsonTokenType.{(scope.IsArray ? "StartArray" : "StartObject")}, reader.TokenType);");
        writer.Line($"{ScopeMethod(scope)}({Arguments(scope)});");
    }

    private static void WriteHook(SourceWriter writer, MethodSpec? hook)
    {
        if (hook is not null)
        {
            writer.Line($"{hook.Name}();");
        }
    }

    private static string Take(ReaderSpec spec, LeafSpec leaf) => leaf.Kind switch
    {
        LeafKind.Bytes when spec.ReadsPieces => $"{leaf.Member} = reader.CopyString(values);",
        LeafKind.Bytes => $"{leaf.Member} = values.CopyString(ref reader);",
        LeafKind.Number => $"{leaf.Member} = JsonText.ReadNumber(ref reader);",
        LeafKind.Buffer => $"JsonText.Replace({leaf.Member}, ref reader);",
        LeafKind.Enum => $"{leaf.Member} = JsonText.RequireString(ref reader) ? {TableMethod(leaf.Table)}(ref reader) : default;",
        _ => leaf.Method!.TakesValues ? $"{leaf.Member}(ref reader, values);" : $"{leaf.Member}(ref reader);",
    };

    private static IEnumerable<LeafSpec> LeavesOf(ScopeSpec scope) =>
        ScopesOf(scope)
            .SelectMany(static inner => inner.Properties.Select(static property => property.Value).Append(inner.Each))
            .OfType<LeafSpec>();

    private static bool TakesValues(ScopeSpec scope) =>
        LeavesOf(scope).Any(static leaf => leaf.Kind is LeafKind.Bytes || leaf.Method is { TakesValues: true });

    private static string Parameters(ReaderSpec spec, ScopeSpec scope) =>
        $"ref {spec.ReaderType} reader" + (TakesValues(scope) ? ", SecretBuffer values" : "");

    private static string Arguments(ScopeSpec scope) => "ref reader" + (TakesValues(scope) ? ", values" : "");

    private static string ScopeMethod(ScopeSpec scope) => "Read" + (scope.Ident.Length == 0 ? "Json" : scope.Ident);

    private static string ScopeName(ScopeSpec scope) => scope.Ident.Length == 0 ? "Document" : scope.Ident;
}
