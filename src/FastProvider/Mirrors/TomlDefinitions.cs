using System;
using System.Collections.Generic;

namespace FastProvider.Mirrors;

/// <summary>
/// Builds the tree of a TOML document and judges which keys and tables may be defined again. The rules are those of the
/// reference library's decoder, which is more lenient than TOML in places (an inline table may be extended by a later header or dotted key).
/// Source: addContext, setValue, setType and valueInlineTable of BurntSushi/toml 1.6.0, parse.go. Calls come in the order of the text;
/// one that answers false means that the document is invalid.
/// </summary>
internal sealed class TomlDefinitions
{
    private const char Separator = '\0'; // stands in for a quoted path; a key with an escaped NUL may at worst be refused

    // Both sets know tables by path alone, without the index in a table array, as the decoder does.
    private readonly HashSet<string> _implicit = new(StringComparer.Ordinal);
    private readonly HashSet<string> _arrays = new(StringComparer.Ordinal);

    /// <summary>The document.</summary>
    public TomlNode Root { get; } = new(TomlKind.Table, 1);

    /// <summary>The path of the table that keys are set in.</summary>
    public List<string> Context { get; private set; } = [];

    /// <summary>A table or (if <paramref name="array"/>) table array header.</summary>
    public bool TryOpenTable(List<string> path, bool array, int line)
    {
        if (!TrySetContext(path, array, line))
        {
            return false;
        }

        SetType(Context, isArrayValue: false);
        return true;
    }

    /// <summary>Before the value of <paramref name="key"/> is read: goes into the tables that a dotted key names; gives the context to go back to.</summary>
    public bool TryEnterParents(List<string> key, int line, out List<string> outer)
    {
        outer = Context;
        foreach (var part in key.GetRange(0, key.Count - 1))
        {
            List<string> path = [.. Context, part];
            _implicit.Add(Join(path));
            if (!TrySetContext(path, array: false, line))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sets the last part of a key to its value and goes back to the context <paramref name="outer"/>.</summary>
    public bool TrySetKey(string name, TomlNode value, List<string> outer)
    {
        if (!TrySetValue(name, value))
        {
            return false;
        }

        SetType(TypedPath(name), value.Kind == TomlKind.Array);
        Context = outer;
        return true;
    }

    /// <summary>Before the elements of an array that is the value of <paramref name="name"/> are read.</summary>
    public void BeginArray(string name) => SetType(TypedPath(name), isArrayValue: true);

    /// <summary>Opens an inline table that is the value of <paramref name="name"/>, or an element of it; gives the context to go back to.</summary>
    public bool TryBeginInlineTable(string name, bool inArray, int line, out List<string> outer)
    {
        outer = Context;
        List<string> path = [.. Context, name];
        _implicit.Add(Join(path));
        return TrySetContext(path, inArray, line);
    }

    /// <summary>Goes back to the context before an inline table.</summary>
    public void EndInlineTable(List<string> outer) => Context = outer;

    private bool TrySetContext(List<string> path, bool array, int line)
    {
        var table = Root;
        List<string> walked = [];
        foreach (var name in path.GetRange(0, path.Count - 1))
        {
            walked.Add(name);
            if (!table.Members.TryGetValue(name, out var next))
            {
                _implicit.Add(Join(walked));
                table.Members[name] = next = new TomlNode(TomlKind.Table, line);
            }

            if (TableOf(next) is not { } inner)
            {
                return false;
            }

            table = inner;
        }

        Context = walked;
        var last = path[^1];
        if (!array)
        {
            if (!TrySetValue(last, new TomlNode(TomlKind.Table, line)))
            {
                return false;
            }
        }
        else
        {
            if (!table.Members.TryGetValue(last, out var tables))
            {
                table.Members[last] = tables = new TomlNode(TomlKind.TableArray, line);
            }

            if (tables.Kind != TomlKind.TableArray)
            {
                return false;
            }

            tables.Items.Add(new TomlNode(TomlKind.Table, line));
        }

        Context = path;
        return true;
    }

    private bool TrySetValue(string name, TomlNode value)
    {
        var table = Root;
        foreach (var part in Context)
        {
            if (!table.Members.TryGetValue(part, out var next) || TableOf(next) is not { } inner)
            {
                return false;
            }

            table = inner;
        }

        if (table.Members.TryAdd(name, value))
        {
            return true;
        }

        // Again only what was implied so far; of an array the implied tables are replaced by the array itself.
        var path = Join([.. Context, name]);
        if (!_implicit.Remove(path))
        {
            return false;
        }

        if (_arrays.Contains(path))
        {
            table.Members[name] = value;
        }

        return true;
    }

    private void SetType(List<string> path, bool isArrayValue)
    {
        if (isArrayValue)
        {
            _arrays.Add(Join(path));
        }
        else
        {
            _arrays.Remove(Join(path));
        }
    }

    // The decoder notes the type of an empty key under the table that it is in.
    private List<string> TypedPath(string name) => name.Length == 0 && Context.Count > 0 ? Context : [.. Context, name];

    private static TomlNode? TableOf(TomlNode node) => node.Kind switch
    {
        TomlKind.Table => node,
        TomlKind.TableArray => node.Items[^1],
        _ => null,
    };

    private static string Join(List<string> path) => string.Join(Separator, path);
}
