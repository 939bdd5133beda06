using System.Collections.Generic;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>
/// Hands a registries.conf of any spelling to the same <see cref="RegistriesRules"/> as the fast reader. Types and keys are taken
/// as the reference library's decoder takes them (BurntSushi/toml 1.6.0, decode.go): a key in other letters counts, unless the
/// exact one is there too; unknown keys do not.
/// </summary>
internal static class RegistriesDocumentReader
{
    /// <summary>
    /// Reads all of <paramref name="document"/>, whose text is that of <paramref name="rules"/>; false means that a rule is
    /// broken.
    /// </summary>
    public static bool TryRead(TomlDocument document, ref RegistriesRules rules)
    {
        foreach (var (key, member) in KeysOf(document.Root, RegistriesScope.File))
        {
            var value = member.Value;
            var name = member.Span;
            var valid = key switch
            {
                RegistriesKey.Registry => TryReadRegistries(value, name, ref rules),
                RegistriesKey.UnqualifiedSearchRegistries or RegistriesKey.CredentialHelpers =>
                    TryReadStrings(key, value, name, ref rules),
                RegistriesKey.ShortNameMode =>
                    TryReadString(value, name, ref rules, out var mode) && rules.ShortNameMode(mode, value.At),
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

    private static bool TryReadRegistries(TomlValue tables, TextSpan name, ref RegistriesRules rules)
    {
        if (!tables.IsArray)
        {
            // A header of a mirror implies a table above it where no array of tables is.
            var hasMirrors = tables.TryGetField("mirror"u8, out var mirrors) && mirrors.Kind == TomlKind.TableArray;
            return tables.Kind != TomlKind.Table ? WrongType(name, tables, ref rules)
                : hasMirrors ? rules.Fail(RegistriesRule.MirrorWithoutRegistry, default, mirrors.At)
                : rules.Fail(RegistriesRule.RegistryIsOneTable, default, tables.At);
        }

        foreach (var table in tables.Items)
        {
            if (table.Kind != TomlKind.Table)
            {
                return WrongType(name, table, ref rules);
            }

            rules.BeginRegistry(table.At);
            if (!TryReadRegistry(table, ref rules) || !rules.EndRegistry())
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadRegistry(TomlValue table, ref RegistriesRules rules)
    {
        ref var registry = ref rules.Registry;
        foreach (var (key, member) in KeysOf(table, RegistriesScope.Registry))
        {
            var value = member.Value;
            var name = member.Span;
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

    private static bool TryReadMirrors(TomlValue tables, TextSpan name, ref RegistriesRules rules)
    {
        if (!tables.IsArray)
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
            foreach (var (key, member) in KeysOf(table, RegistriesScope.Mirror))
            {
                var value = member.Value;
                var valid = key switch
                {
                    RegistriesKey.Location => TryReadString(value, member.Span, ref rules, out mirror.Location),
                    RegistriesKey.PullFromMirror => TryReadString(value, member.Span, ref rules, out mirror.PullFromMirror),
                    RegistriesKey.Insecure => TryReadBoolean(value, member.Span, ref rules, out mirror.Insecure),
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

    private static bool TryReadStrings(RegistriesKey key, TomlValue array, TextSpan name, ref RegistriesRules rules)
    {
        if (!array.IsArray)
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
            else if (!rules.SearchRegistry(text, item.At))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadAliases(TomlValue table, ref RegistriesRules rules)
    {
        // The decoder passes over a value that is no table here, where it refuses it everywhere else (unifyMap in decode.go).
        foreach (var member in table.Members)
        {
            var value = member.Value;
            if (!TryReadString(value, member.Span, ref rules, out var target) || !rules.Alias(member.Span, target, value.At))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadV1(TomlValue table, TextSpan name, ref RegistriesRules rules)
    {
        if (table.Kind != TomlKind.Table)
        {
            return WrongType(name, table, ref rules);
        }

        foreach (var (_, list) in KeysOf(table, RegistriesScope.V1))
        {
            if (list.Value.Kind != TomlKind.Table)
            {
                return WrongType(list.Span, list.Value, ref rules);
            }

            foreach (var (_, old) in KeysOf(list.Value, RegistriesScope.V1List))
            {
                return rules.Fail(RegistriesRule.V1Format, default, old.Value.At);
            }
        }

        return true;
    }

    private static bool TryReadString(TomlValue value, TextSpan name, ref RegistriesRules rules, out TextSpan text)
    {
        text = value.Span;
        return value.Kind == TomlKind.String || WrongType(name, value, ref rules);
    }

    private static bool TryReadBoolean(TomlValue value, TextSpan name, ref RegistriesRules rules, out bool truth)
    {
        truth = value.Truth;
        return value.Kind == TomlKind.Boolean || WrongType(name, value, ref rules);
    }

    private static bool WrongType(TextSpan name, TomlValue value, ref RegistriesRules rules) =>
        rules.Fail(RegistriesRule.WrongType, name, value.At);

    // Known keys only, and the exact ones last, so that they prevail: where both spellings stand in one table, the decoder's own
    // answer is random.
    private static List<(RegistriesKey Key, TomlValue.Member Member)> KeysOf(TomlValue table, RegistriesScope scope)
    {
        List<(RegistriesKey, TomlValue.Member)> folded = [];
        List<(RegistriesKey, TomlValue.Member)> exact = [];
        foreach (var member in table.Members)
        {
            var name = member.Name;
            if (RegistriesKeys.Find(scope, name) is var key and not RegistriesKey.Unknown)
            {
                exact.Add((key, member));
            }
            else if (RegistriesKeys.FindFolded(scope, name) is var other and not RegistriesKey.Unknown)
            {
                folded.Add((other, member));
            }
        }

        folded.AddRange(exact);
        return folded;
    }
}
