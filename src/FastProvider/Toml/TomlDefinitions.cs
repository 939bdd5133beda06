namespace FastProvider.Toml;

/// <summary>Where keys are set: a table, and the path that names it.</summary>
/// <param name="Table">The table's value; <see cref="TomlNames.None"/> where the path names a value that is no table, in which
/// nothing can be set.</param>
/// <param name="Path">The path, as <see cref="TomlDefinitions"/> numbers them; 0 is the document.</param>
internal readonly record struct TomlScope(int Table, int Path);

/// <summary>
/// Judges which keys and tables may be defined again. The rules are those of the reference library's decoder, which is more
/// lenient than TOML in places (an inline table may be extended by a later header or dotted key, an array be replaced by a dotted
/// key's table). Source: addContext, setValue, setType and valueInlineTable of BurntSushi/toml 1.6.0, parse.go. Calls come in the
/// order of the text; one that answers false means that the name is taken already, or no table.
/// </summary>
internal sealed class TomlDefinitions(TomlDocument document)
{
    /// <summary>A table that a longer key or header implied; it may be defined once.</summary>
    private const int Implied = 1;

    /// <summary>The last value of that path was an array; what was implied below it is then replaced.</summary>
    private const int HoldsArray = 2;

    // Flags by path alone, without the index in a table array, as the decoder keeps them.
    private readonly TomlNames _paths = new(document.Bytes);

    /// <summary>The document itself.</summary>
    public static TomlScope Document => new(0, 0);

    /// <summary>Goes into a parent of the table that a header names.</summary>
    public bool TryEnterOfHeader(ref TomlScope scope, TextSpan name, int at)
    {
        if (scope.Table == TomlNames.None)
        {
            return false;
        }

        var path = PathOf(scope, name);
        var entry = document.Members.Find(scope.Table, name);
        if (entry == TomlNames.None)
        {
            _paths[path].Value |= Implied;
            scope = new TomlScope(AddTable(scope.Table, name, at), path + 1);
            return true;
        }

        scope = new TomlScope(TableOf(document.Members[entry].Value), path + 1);
        return scope.Table != TomlNames.None;
    }

    /// <summary>Opens the table that a header names, or (if <paramref name="array"/>) the next one of its array.</summary>
    public bool TryOpenTable(ref TomlScope scope, TextSpan name, bool array, int at)
    {
        if (!TryOpen(ref scope, name, array, at))
        {
            return false;
        }

        SetHoldsArray(scope.Path - 1, false);
        return true;
    }

    /// <summary>Goes into the table that a part of a dotted key names, not the last one.</summary>
    public bool TryEnterOfKey(ref TomlScope scope, TextSpan name, int at) => TryEnter(ref scope, name, array: false, at);

    /// <summary>
    /// Goes into an inline table that is the value of <paramref name="name"/>, or (if <paramref name="inArray"/>) an element of
    /// it.
    /// </summary>
    public bool TryEnterInlineTable(ref TomlScope scope, TextSpan name, bool inArray, int at) =>
        TryEnter(ref scope, name, inArray, at);

    /// <summary>Before the elements of an array that is the value of <paramref name="name"/> are read.</summary>
    public void BeginArray(TomlScope scope, TextSpan name) => SetType(scope, name, isArray: true);

    /// <summary>Sets the last part of a key to its value.</summary>
    public bool TrySet(TomlScope scope, TextSpan name, int value)
    {
        if (!TryDefine(scope, name, value))
        {
            return false;
        }

        SetType(scope, name, document.Node(value).Kind == TomlKind.Array);
        return true;
    }

    private bool TryEnter(ref TomlScope scope, TextSpan name, bool array, int at)
    {
        if (scope.Table == TomlNames.None)
        {
            return false;
        }

        _paths[PathOf(scope, name)].Value |= Implied;
        return TryOpen(ref scope, name, array, at);
    }

    private bool TryOpen(ref TomlScope scope, TextSpan name, bool array, int at)
    {
        if (scope.Table == TomlNames.None)
        {
            return false;
        }

        var path = PathOf(scope, name);
        if (array)
        {
            ref var tables = ref document.FindOrAddMember(scope.Table, name, TomlNames.None, out var isNew).Value;
            tables = isNew ? document.AddNode(TomlKind.TableArray, at) : tables;
            if (document.Node(tables).Kind != TomlKind.TableArray)
            {
                return false;
            }

            var table = document.AddNode(TomlKind.Table, at);
            document.AddItem(tables, table);
            scope = new TomlScope(table, path + 1);
            return true;
        }

        if (!TryDefine(scope, name, document.AddNode(TomlKind.Table, at)))
        {
            return false;
        }

        var entry = document.Members.Find(scope.Table, name);
        scope = new TomlScope(TableOf(document.Members[entry].Value), path + 1);
        return true;
    }

    private bool TryDefine(TomlScope scope, TextSpan name, int value)
    {
        if (scope.Table == TomlNames.None)
        {
            return false;
        }

        ref var member = ref document.FindOrAddMember(scope.Table, name, value, out var isNew);
        if (isNew)
        {
            return true;
        }

        // Again only what was implied so far; where the path holds an array, what was implied is replaced.
        ref var flags = ref _paths[PathOf(scope, name)].Value;
        if ((flags & Implied) == 0)
        {
            return false;
        }

        flags &= ~Implied;
        if ((flags & HoldsArray) != 0)
        {
            member.Value = value;
        }

        return true;
    }

    // The decoder notes the type of an empty key under the table that it is in.
    private void SetType(TomlScope scope, TextSpan name, bool isArray) =>
        SetHoldsArray(name.Length == 0 && scope.Path > 0 ? scope.Path - 1 : PathOf(scope, name), isArray);

    private void SetHoldsArray(int path, bool isArray)
    {
        ref var flags = ref _paths[path].Value;
        flags = isArray ? flags | HoldsArray : flags & ~HoldsArray;
    }

    /// <summary>The entry of a path; the scope that it names counts one more, as 0 is the document.</summary>
    private int PathOf(TomlScope scope, TextSpan name) => _paths.FindOrAdd(scope.Path, name, 0, out _);

    private int AddTable(int table, TextSpan name, int at)
    {
        var added = document.AddNode(TomlKind.Table, at);
        _ = document.FindOrAddMember(table, name, added, out _);
        return added;
    }

    private int TableOf(int value) => document.Node(value).Kind switch
    {
        TomlKind.Table => value,
        TomlKind.TableArray => document.Node(value).Last,
        _ => TomlNames.None,
    };
}
