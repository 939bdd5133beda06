using System.Text;
using FastProvider.Toml;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace FastProvider.Tests.Toml;

/// <summary>
/// What a TOML text means, written out: members in the order of their names, numbers and dates by kind alone. For fuzz/Laws.
/// </summary>
internal static class TomlMeaning
{
    /// <summary>What we make of it; null if it is refused.</summary>
    public static string? ByOurs(byte[] text)
    {
        if (TomlDocument.Read(text, out var document) is not null)
        {
            return null;
        }

        var written = new StringBuilder();
        Write(document.Root, written);
        return written.ToString();
    }

    private static void Write(TomlValue value, StringBuilder written)
    {
        switch (value.Kind)
        {
            case TomlKind.Table:
                SortedDictionary<string, string> members = new(StringComparer.Ordinal);
                foreach (var member in value.Members)
                {
                    var inner = new StringBuilder();
                    Write(member.Value, inner);
                    members.Add(Encoding.UTF8.GetString(member.Name), inner.ToString());
                }

                written.Append('{').AppendJoin(',', members.Select(member => $"{member.Key}={member.Value}")).Append('}');
                break;
            case TomlKind.Array or TomlKind.TableArray:
                written.Append('[');
                foreach (var item in value.Items)
                {
                    Write(item, written);
                    written.Append(',');
                }

                written.Append(']');
                break;
            default:
                written.Append(value.Kind switch
                {
                    TomlKind.String => $"\"{Encoding.UTF8.GetString(value.Text)}\"",
                    TomlKind.Boolean => value.Truth ? "true" : "false",
                    _ => "other",
                });
                break;
        }
    }

    /// <summary>
    /// What Tomlyn makes of it; null if it is refused, or has the replacement character, which Tomlyn takes for a fault of the
    /// encoding.
    /// </summary>
    public static string? ByTomlyn(string text)
    {
        if (text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            // The deserializer lets the last of two tables win, and what comes back to a table after another one makes a new
            // table of it.
            var document = SyntaxParser.Parse(text, sourceName: null, validate: true);
            return document.Diagnostics.Any(message => message.Kind == DiagnosticMessageKind.Error) || ComesBack(document)
                ? null
                : Written(TomlSerializer.Deserialize<TomlTable>(text)!);
        }
        catch (Exception refused) when (refused is TomlException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Whether a header comes back, or one below it comes, behind one that is neither below it nor above it.</summary>
    private static bool ComesBack(DocumentSyntax document)
    {
        var paths = document.Tables.Select(table => PathOf(table.Name!)).ToList();
        return paths.Where((path, i) => paths.FindLastIndex(
                i, i + 1, other => other != path && AreRelated(other, path)) is var above
            && paths.FindLastIndex(Math.Max(i - 1, 0), i, other => other == path) is var before
            && Math.Max(above, before) is >= 0 and var last
            && paths[last..i].Any(between => !AreRelated(between, path))).Any();
    }

    private static bool AreRelated(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    private static string PathOf(KeySyntax key) => string.Concat(
        key.DotKeys.Select(part => part.Key!).Prepend(key.Key!).Select(part => part.ToString().Trim().Trim('"', '\'') + "\n"));

    private static string Written(object? value) => value switch
    {
        TomlTable table => "{"
            + string.Join(',', table.OrderBy(member => member.Key, StringComparer.Ordinal)
                .Select(member => $"{member.Key}={Written(member.Value)}"))
            + "}",
        TomlTableArray tables => $"[{string.Concat(tables.Select(table => Written(table) + ","))}]",
        TomlArray array => $"[{string.Concat(array.Select(item => Written(item) + ","))}]",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => "other",
    };
}
