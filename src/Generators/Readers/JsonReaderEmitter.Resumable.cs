using System.Linq;
using FastProvider.Generators.Model;

namespace FastProvider.Generators.Readers;

/// <content>A document that comes in pieces: a machine that knows at each token where in the document it stands.</content>
internal static partial class JsonReaderEmitter
{
    private static void WriteResumable(SourceWriter writer, ReaderSpec spec)
    {
        var scopes = ScopesOf(spec.Root).ToArray();
        var stopsEarly = scopes.Any(scope => StopsEarly(spec, scope));
        writer.Line("private JsonPlace _jsonPlace;");
        if (stopsEarly)
        {
            writer.Line();
            writer.Line("/// <summary>A bit for each wanted value that the innermost object has had.</summary>");
            writer.Line("private uint _jsonSeen;");
        }

        writer.Line();
        writer.Line("/// <summary>In an object or array, or at the value of one of its names.</summary>");
        writer.Open("private enum JsonPlace : byte");
        writer.Line("Start,");
        foreach (var scope in scopes)
        {
            writer.Line($"In{ScopeName(scope)},");
            foreach (var property in scope.Properties)
            {
                writer.Line($"At{property.Value.Ident},");
            }
        }

        writer.Line("End,");
        writer.Close();
        writer.Line();
        writer.Line("/// <summary>Whether the document was read to its end.</summary>");
        writer.Line("private bool IsAtEnd => _jsonPlace is JsonPlace.End;");
        writer.Line();
        writer.Line("/// <summary>Makes ready for a document.</summary>");
        writer.Line("private void StartJson() => _jsonPlace = JsonPlace.Start;");
        writer.Line();
        writer.Line("/// <summary>Reads as far as the reader's bytes go.</summary>");
        writer.Line("/// <returns>False if the document is not as declared.</returns>");
        writer.Open("private bool ReadJson(ref JsonPieceReader reader)");
        writer.Open("while (reader.Read())");
        writer.Open("switch (_jsonPlace)");
        writer.Line("case JsonPlace.Start:");
        writer.Indent();
        writer.Open("if (reader.TokenType is not JsonTokenType.StartObject)");
        writer.Line("return false;");
        writer.Close();
        writer.Line();
        WriteEnter(writer, spec, spec.Root);
        writer.Line("break;");
        writer.Unindent();
        WritePlaces(writer, spec, spec.Root, "JsonPlace.End");
        writer.Line("default:");
        writer.Indent();
        writer.Line("return false;");
        writer.Unindent();
        writer.Close();
        writer.Close();
        writer.Line();
        writer.Line("return true;");
        writer.Close();
        foreach (var scope in scopes.Where(static scope => scope.Properties.Count > 0))
        {
            writer.Line();
            WriteFind(
                writer, spec, "JsonPlace", "FindIn" + ScopeName(scope),
                scope.Properties.Select(static property => new NameSpec(property.Name, "JsonPlace.At" + property.Value.Ident)),
                $"JsonPlace.In{ScopeName(scope)}", ignoreCase: false);
        }
    }

    /// <summary>The cases of a scope and of all that is in it.</summary>
    private static void WritePlaces(SourceWriter writer, ReaderSpec spec, ScopeSpec scope, string outer)
    {
        var here = $"JsonPlace.In{ScopeName(scope)}";
        writer.Line($"case {here}:");
        writer.Indent();
        writer.Open($"if (reader.TokenType is JsonTokenType.{(scope.IsArray ? "EndArray" : "EndObject")})");
        writer.Line($"_jsonPlace = {outer};");
        WriteVerdict(writer, scope.End);
        writer.Close();
        if (scope.IsArray)
        {
            WriteItemOf(writer, spec, scope);
        }
        else if (scope.Properties.Count > 0)
        {
            writer.Open("else");
            writer.Line($"_jsonPlace = FindIn{ScopeName(scope)}(ref reader);");
            writer.Open($"if (_jsonPlace is {here})");
            writer.Line("reader.PassValue();");
            writer.Close();
            writer.Close();
        }
        else
        {
            writer.Open("else");
            writer.Line("reader.PassValue();");
            writer.Close();
        }

        writer.Line();
        writer.Line("break;");
        writer.Unindent();
        for (var i = 0; i < scope.Properties.Count; i++)
        {
            writer.Line($"case JsonPlace.At{scope.Properties[i].Value.Ident}:");
            writer.Indent();
            writer.Line($"_jsonPlace = {here};");
            if (scope.Properties[i].Value is ScopeSpec child)
            {
                WriteEntry(writer, spec, child);
            }
            else
            {
                WriteLeaf(writer, (LeafSpec)scope.Properties[i].Value);
                if (StopsEarly(spec, scope))
                {
                    WriteEarlyStop(writer, i, scope.Properties.Count, outer);
                }
            }

            writer.Line("break;");
            writer.Unindent();
        }

        foreach (var child in scope.Properties.Select(static property => property.Value).Append(scope.Each).OfType<ScopeSpec>())
        {
            WritePlaces(writer, spec, child, here);
        }
    }

    /// <summary>Steps into an object or array whose first token this is.</summary>
    private static void WriteEnter(SourceWriter writer, ReaderSpec spec, ScopeSpec scope)
    {
        writer.Line($"_jsonPlace = JsonPlace.In{ScopeName(scope)};");
        if (StopsEarly(spec, scope))
        {
            writer.Line("_jsonSeen = 0;");
        }

        WriteVerdict(writer, scope.Start);
    }

    private static void WriteItemOf(SourceWriter writer, ReaderSpec spec, ScopeSpec array)
    {
        if (array.Each is ScopeSpec item)
        {
            writer.Open($"else if (reader.TokenType is JsonTokenType.{(item.IsArray ? "StartArray" : "StartObject")})");
            WriteEnter(writer, spec, item);
            writer.Close();
            writer.Open("else");
            writer.Line("return false;");
            writer.Close();
            return;
        }

        writer.Open("else");
        WriteLeaf(writer, (LeafSpec)array.Each!);
        writer.Close();
    }

    /// <summary>The value of a name that an object or array is wanted of; anything else is passed over.</summary>
    private static void WriteEntry(SourceWriter writer, ReaderSpec spec, ScopeSpec child)
    {
        writer.Open($"if (reader.TokenType is JsonTokenType.{(child.IsArray ? "StartArray" : "StartObject")})");
        WriteEnter(writer, spec, child);
        writer.Close();
        writer.Open($"else if (reader.TokenType is JsonTokenType.{(child.IsArray ? "StartObject" : "StartArray")})");
        writer.Line("reader.PassRest();");
        writer.Close();
        writer.Line();
    }

    private static void WriteLeaf(SourceWriter writer, LeafSpec leaf)
    {
        writer.Open("if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)");
        writer.Line("reader.PassRest();");
        writer.Line("break;");
        writer.Close();
        writer.Line();
        switch (leaf.Kind)
        {
            case LeafKind.Method when leaf.Method!.ReturnsBool:
                writer.Open($"if (!{leaf.Member}(ref reader))");
                writer.Line("return false;");
                break;
            case LeafKind.Method:
                writer.Line($"{leaf.Member}(ref reader);");
                return;
            case LeafKind.Number:
                writer.Open("if (reader.TokenType is JsonTokenType.Number)");
                writer.Line($"{leaf.Member} = JsonText.ReadNumber(ref reader);");
                break;
            case LeafKind.Enum:
                writer.Open("if (reader.TokenType is JsonTokenType.String)");
                writer.Line($"{leaf.Member} = {TableMethod(leaf.Table)}(ref reader);");
                break;
            default:
                writer.Open("if (reader.TokenType is JsonTokenType.String)");
                writer.Line($"JsonText.Replace({leaf.Member}, ref reader);");
                break;
        }

        writer.Close();
        writer.Line();
    }

    /// <summary>Once all values were there, the rest of the object is passed over, its end included.</summary>
    private static void WriteEarlyStop(SourceWriter writer, int index, int count, string outer)
    {
        writer.Line($"_jsonSeen |= {Bits(1u << index)};");
        writer.Open($"if (_jsonSeen is {Bits((1u << count) - 1)})");
        writer.Line($"_jsonPlace = {outer};");
        writer.Line("reader.PassRest();");
        writer.Close();
        writer.Line();
    }

    private static string Bits(uint value) => "0b" + System.Convert.ToString(value, 2);

    private static void WriteVerdict(SourceWriter writer, MethodSpec? hook)
    {
        if (hook is { ReturnsBool: true })
        {
            writer.Open($"if (!{hook.Name}())");
            writer.Line("return false;");
            writer.Close();
        }
        else if (hook is not null)
        {
            writer.Line($"{hook.Name}();");
        }
    }

    /// <summary>Objects of plain values, which nobody waits for the end of; the bits of the values share one word.</summary>
    private static bool StopsEarly(ReaderSpec spec, ScopeSpec scope) =>
        spec.NamesAreUnique && scope is { IsArray: false, End: null, Ident.Length: > 0, Properties.Count: > 0 and < 32 }
        && scope.Properties.All(static property => property.Value is LeafSpec);
}
