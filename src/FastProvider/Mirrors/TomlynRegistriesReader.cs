using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Mirrors;

/// <summary>
/// Reads any registries.conf by way of <see cref="TomlynSyntax"/> and hands it to the same <see cref="RegistriesRules"/> as the fast reader. Types and
/// keys are taken as the reference library's decoder takes them (BurntSushi/toml 1.6.0, decode.go): a key in other letters
/// counts, unless the exact one is there too; unknown keys do not.
/// </summary>
internal ref struct TomlynRegistriesReader
{
    private readonly Span<byte> _strings;
    private int _used;

    private TomlynRegistriesReader(Span<byte> strings) => _strings = strings;

    /// <summary>Why <see cref="TryRead"/> answered false, if it was not a rule of <see cref="RegistriesRules"/>.</summary>
    public static string? ReadTree(ReadOnlySpan<byte> text, out TomlNode root, out int line)
    {
        root = new TomlNode(TomlKind.Table, 1);
        var forbidden = TomlText.FindForbidden(text);
        if (forbidden >= 0)
        {
            line = TomlText.LineOf(text, forbidden);
            return "this is not valid TOML: a control character, a carriage return alone, or bytes that are not UTF-8";
        }

        // Tomlyn would skip a second byte order mark; to the decoder it is a bad key.
        if (TomlText.ByteOrderMarkLength(text) > 0)
        {
            line = 1;
            return "this is not valid TOML: a second byte order mark";
        }

        if (TomlExtent.FindExcess(text, out var excess) is { } tooMuch)
        {
            line = TomlText.LineOf(text, excess);
            return tooMuch;
        }

        return TomlynSyntax.Read(text, out root, out line);
    }

    /// <summary>
    /// Hands the tree to <paramref name="rules"/>, whose marks are lines and whose text is <paramref name="strings"/>: room for
    /// the decoded strings, which are never longer than the file.
    /// </summary>
    public static bool TryRead(TomlNode root, Span<byte> strings, ref RegistriesRules rules) =>
        new TomlynRegistriesReader(strings).TryReadFile(root, ref rules);

    private bool TryReadFile(TomlNode root, ref RegistriesRules rules)
    {
        foreach (var (key, name, value) in KeysOf(root, RegistriesScope.File))
        {
            var valid = key switch
            {
                RegistriesKey.Registry => TryReadRegistries(value, name, ref rules),
                RegistriesKey.UnqualifiedSearchRegistries or RegistriesKey.CredentialHelpers => TryReadStrings(key, value, name, ref rules),
                RegistriesKey.ShortNameMode => TryReadString(value, name, ref rules, out var mode) && rules.ShortNameMode(mode, value.Line),
                RegistriesKey.AdditionalLayerStoreAuthHelper => TryReadString(value, name, ref rules, out _),
                RegistriesKey.Aliases => TryReadAliases(value, ref rules),
                RegistriesKey.Registries => TryReadV1(value, name, ref rules),
                _ => true,
            };
            if (!valid)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadRegistries(TomlNode tables, string name, ref RegistriesRules rules)
    {
        if (!IsArray(tables))
        {
            return WrongType(name, tables, ref rules);
        }

        foreach (var table in tables.Items)
        {
            if (table.Kind != TomlKind.Table)
            {
                return WrongType(name, table, ref rules);
            }

            rules.BeginRegistry(table.Line);
            if (!TryReadRegistry(table, ref rules) || !rules.EndRegistry())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadRegistry(TomlNode table, ref RegistriesRules rules)
    {
        ref var registry = ref rules.Registry;
        foreach (var (key, name, value) in KeysOf(table, RegistriesScope.Registry))
        {
            var valid = key switch
            {
                RegistriesKey.Prefix => TryReadString(value, name, ref rules, out registry.Prefix),
                RegistriesKey.Location => TryReadString(value, name, ref rules, out registry.Location),
                RegistriesKey.PullFromMirror => TryReadString(value, name, ref rules, out registry.PullFromMirror),
                RegistriesKey.Insecure => TryReadBoolean(value, name, ref rules, out registry.Insecure),
                RegistriesKey.Blocked => TryReadBoolean(value, name, ref rules, out registry.Blocked),
                RegistriesKey.MirrorByDigestOnly => TryReadBoolean(value, name, ref rules, out registry.MirrorByDigestOnly),
                RegistriesKey.Mirror => TryReadMirrors(value, name, ref rules),
                _ => true,
            };
            if (!valid)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadMirrors(TomlNode tables, string name, ref RegistriesRules rules)
    {
        if (!IsArray(tables))
        {
            return WrongType(name, tables, ref rules);
        }

        rules.ClearMirrors();
        foreach (var table in tables.Items)
        {
            if (table.Kind != TomlKind.Table)
            {
                return WrongType(name, table, ref rules);
            }

            ref var mirror = ref rules.AddMirror();
            foreach (var (key, member, value) in KeysOf(table, RegistriesScope.Mirror))
            {
                var valid = key switch
                {
                    RegistriesKey.Location => TryReadString(value, member, ref rules, out mirror.Location),
                    RegistriesKey.PullFromMirror => TryReadString(value, member, ref rules, out mirror.PullFromMirror),
                    RegistriesKey.Insecure => TryReadBoolean(value, member, ref rules, out mirror.Insecure),
                    _ => true,
                };
                if (!valid)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryReadStrings(RegistriesKey key, TomlNode array, string name, ref RegistriesRules rules)
    {
        if (!IsArray(array))
        {
            return WrongType(name, array, ref rules);
        }

        if (key == RegistriesKey.CredentialHelpers)
        {
            rules.BeginCredentialHelpers();
        }

        foreach (var item in array.Items)
        {
            if (!TryReadString(item, name, ref rules, out var text))
            {
                return false;
            }

            if (key == RegistriesKey.CredentialHelpers)
            {
                rules.CredentialHelper(text);
            }
            else if (!rules.SearchRegistry(text, item.Line))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadAliases(TomlNode table, ref RegistriesRules rules)
    {
        // The decoder passes over a value that is no table here, where it refuses it everywhere else (unifyMap in decode.go).
        foreach (var (name, value) in table.Members)
        {
            if (!TryReadString(value, name, ref rules, out var target) || !rules.Alias(Store(name), target, value.Line))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadV1(TomlNode table, string name, ref RegistriesRules rules)
    {
        if (table.Kind != TomlKind.Table)
        {
            return WrongType(name, table, ref rules);
        }

        foreach (var (_, listName, list) in KeysOf(table, RegistriesScope.V1))
        {
            if (list.Kind != TomlKind.Table)
            {
                return WrongType(listName, list, ref rules);
            }

            foreach (var (_, _, value) in KeysOf(list, RegistriesScope.V1List))
            {
                return rules.Fail(RegistriesRule.V1Format, default, value.Line);
            }
        }

        return true;
    }

    private bool TryReadString(TomlNode value, string name, ref RegistriesRules rules, out TextSpan text)
    {
        text = default;
        if (value.Kind != TomlKind.String)
        {
            return WrongType(name, value, ref rules);
        }

        text = Store(value.Text);
        return true;
    }

    private bool TryReadBoolean(TomlNode value, string name, ref RegistriesRules rules, out bool truth)
    {
        truth = value.Truth;
        return value.Kind == TomlKind.Boolean || WrongType(name, value, ref rules);
    }

    private bool WrongType(string name, TomlNode value, ref RegistriesRules rules) => rules.Fail(RegistriesRule.WrongType, Store(name), value.Line);

    private TextSpan Store(string text)
    {
        var span = new TextSpan(_used, Encoding.UTF8.GetBytes(text, _strings[_used..]));
        _used += span.Length;
        return span;
    }

    private static bool IsArray(TomlNode node) => node.Kind is TomlKind.Array or TomlKind.TableArray;

    // Known keys only, and the exact ones last, so that they prevail: where both spellings stand in one table, the decoder's own answer is random.
    private static List<(RegistriesKey Key, string Name, TomlNode Value)> KeysOf(TomlNode table, RegistriesScope scope)
    {
        List<(RegistriesKey, string, TomlNode)> folded = [];
        List<(RegistriesKey, string, TomlNode)> exact = [];
        foreach (var (name, value) in table.Members)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var key = RegistriesKeys.Find(scope, bytes);
            if (key != RegistriesKey.Unknown)
            {
                exact.Add((key, name, value));
            }
            else if (RegistriesKeys.FindFolded(scope, bytes) is var other and not RegistriesKey.Unknown)
            {
                folded.Add((other, name, value));
            }
        }

        folded.AddRange(exact);
        return folded;
    }
}
