using System;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>How the fast reader left a file.</summary>
internal enum FastRead : byte
{
    /// <summary>All was read and is valid.</summary>
    Done,

    /// <summary>A rule is broken: see <see cref="RegistriesRules.Fault"/>.</summary>
    Faulty,

    /// <summary>Something was not taken; the file must be read again, from the start, as a <see cref="TomlDocument"/>.</summary>
    NotTaken,
}

/// <summary>
/// Reads registries.conf as it is written in practice straight from UTF-8 and hands what it reads to
/// <see cref="RegistriesRules"/>. Whatever is unusual, and every syntax error, is <see cref="FastRead.NotTaken"/>.
/// </summary>
internal ref struct FastRegistriesReader(ReadOnlySpan<byte> text, RegistriesScratch scratch)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly RegistriesScratch _scratch = scratch;
    private PlainTomlReader _toml = new(text);
    private KeysSeen _fileKeys;
    private KeysSeen _registryKeys;
    private KeysSeen _mirrorKeys;
    private bool _broken;

    /// <summary>Reads the whole text into <paramref name="rules"/>, whose marks are byte offsets.</summary>
    public FastRead Read(ref RegistriesRules rules)
    {
        var done = TomlText.FindForbidden(_text) < 0 && ReadItems(ref rules);
        return done ? FastRead.Done : _broken ? FastRead.Faulty : FastRead.NotTaken;
    }

    private bool ReadItems(ref RegistriesRules rules)
    {
        var scope = RegistriesScope.File;
        var inAliases = false;
        while (true)
        {
            switch (_toml.ReadItem())
            {
                case TomlItem.End:
                    return Obeys(rules.EndRegistry());
                case TomlItem.TableArray when Names(RegistriesScope.File, _toml.Name) == RegistriesKey.Registry:
                    inAliases = false;
                    scope = _toml.HasPart ? RegistriesScope.Mirror : RegistriesScope.Registry;
                    if (!(_toml.HasPart ? TryBeginMirrorTable(ref rules) : TryBeginRegistryTable(ref rules)))
                    {
                        return false;
                    }

                    break;
                case TomlItem.Table when !_toml.HasPart && Names(RegistriesScope.File, _toml.Name) == RegistriesKey.Aliases:
                    inAliases = true;
                    if (!_fileKeys.TryAdd(RegistriesKey.Aliases))
                    {
                        return false;
                    }

                    break;
                case TomlItem.Key:
                    if (!(inAliases ? TryReadAlias(ref rules) : TryReadValue(ref rules, scope)) || !_toml.TryEndLine())
                    {
                        return false;
                    }

                    break;
                default:
                    return false;
            }
        }
    }

    private bool TryBeginRegistryTable(ref RegistriesRules rules)
    {
        // A file may not have both registry = [...] and [[registry]].
        if (_fileKeys.Has(RegistriesKey.Registry) || !Obeys(rules.EndRegistry()))
        {
            return false;
        }

        rules.BeginRegistry(_toml.ItemStart);
        _registryKeys = default;
        return true;
    }

    private bool TryBeginMirrorTable(ref RegistriesRules rules)
    {
        if (!rules.InRegistry && !_fileKeys.Has(RegistriesKey.Registry)
            && Names(RegistriesScope.Registry, _toml.Part) == RegistriesKey.Mirror)
        {
            // The header implies a table of the name registry, which nothing that follows can make an array of tables.
            return Obeys(rules.Fail(RegistriesRule.MirrorWithoutRegistry, default, _toml.ItemStart));
        }

        if (!rules.InRegistry || _registryKeys.Has(RegistriesKey.Mirror)
            || Names(RegistriesScope.Registry, _toml.Part) != RegistriesKey.Mirror)
        {
            return false;
        }

        rules.AddMirror();
        _mirrorKeys = default;
        return true;
    }

    private bool TryReadAlias(ref RegistriesRules rules)
    {
        var name = _toml.Name;
        return _scratch.Aliases.TryAdd(_text, name, 0, out _)
            && _toml.TryReadString(out var target)
            && Obeys(rules.Alias(name, target, _toml.ItemStart));
    }

    private bool TryReadValue(ref RegistriesRules rules, RegistriesScope scope)
    {
        var key = Names(scope, _toml.Name);
        ref var seen = ref _fileKeys;
        if (scope == RegistriesScope.Registry)
        {
            seen = ref _registryKeys;
        }
        else if (scope == RegistriesScope.Mirror)
        {
            seen = ref _mirrorKeys;
        }

        if (key == RegistriesKey.Unknown)
        {
            return seen.TryAddUnknown(_text, _toml.Name) && _toml.TrySkipValue();
        }

        if (!seen.TryAdd(key))
        {
            return false;
        }

        return scope switch
        {
            RegistriesScope.Registry => TryReadRegistryValue(ref rules, key),
            RegistriesScope.Mirror => TryReadMirrorValue(ref rules, key),
            _ => TryReadFileValue(ref rules, key),
        };
    }

    private bool TryReadRegistryValue(ref RegistriesRules rules, RegistriesKey key)
    {
        ref var registry = ref rules.Registry;
        return key switch
        {
            RegistriesKey.Prefix => _toml.TryReadString(out registry.Prefix),
            RegistriesKey.Location => _toml.TryReadString(out registry.Location),
            RegistriesKey.Insecure => _toml.TryReadBoolean(out registry.Insecure),
            RegistriesKey.Blocked => _toml.TryReadBoolean(out registry.Blocked),
            RegistriesKey.MirrorByDigestOnly => _toml.TryReadBoolean(out registry.MirrorByDigestOnly),
            RegistriesKey.PullFromMirror => _toml.TryReadString(out registry.PullFromMirror),
            RegistriesKey.Mirror => TryReadInlineTables(ref rules, RegistriesScope.Mirror),
            _ => false,
        };
    }

    private bool TryReadMirrorValue(ref RegistriesRules rules, RegistriesKey key)
    {
        ref var mirror = ref rules.LastMirror;
        return key switch
        {
            RegistriesKey.Location => _toml.TryReadString(out mirror.Location),
            RegistriesKey.Insecure => _toml.TryReadBoolean(out mirror.Insecure),
            RegistriesKey.PullFromMirror => _toml.TryReadString(out mirror.PullFromMirror),
            _ => false,
        };
    }

    private bool TryReadFileValue(ref RegistriesRules rules, RegistriesKey key)
    {
        switch (key)
        {
            case RegistriesKey.Registry:
                return TryReadInlineTables(ref rules, RegistriesScope.Registry);
            case RegistriesKey.ShortNameMode:
                return _toml.TryReadString(out var mode) && Obeys(rules.ShortNameMode(mode, _toml.ItemStart));
            case RegistriesKey.AdditionalLayerStoreAuthHelper:
                return _toml.TryReadString(out _);
            case RegistriesKey.UnqualifiedSearchRegistries:
            case RegistriesKey.CredentialHelpers:
                return TryReadStrings(ref rules, key);
            default:
                return false;
        }
    }

    private bool TryReadStrings(ref RegistriesRules rules, RegistriesKey key)
    {
        if (!_toml.TryEnterArray())
        {
            return false;
        }

        if (key == RegistriesKey.CredentialHelpers)
        {
            rules.BeginCredentialHelpers();
        }

        for (var first = true; ;)
        {
            if (!_toml.TryReadNextElement(ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                return true;
            }

            if (!_toml.TryReadString(out var value))
            {
                return false;
            }

            if (key == RegistriesKey.CredentialHelpers)
            {
                rules.CredentialHelper(value);
            }
            else if (!Obeys(rules.SearchRegistry(value, value.Start)))
            {
                return false;
            }
        }
    }

    private bool TryReadInlineTables(ref RegistriesRules rules, RegistriesScope scope)
    {
        if (!_toml.TryEnterArray())
        {
            return false;
        }

        for (var first = true; ;)
        {
            if (!_toml.TryReadNextElement(ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                return true;
            }

            if (!TryReadInlineTable(ref rules, scope))
            {
                return false;
            }
        }
    }

    private bool TryReadInlineTable(ref RegistriesRules rules, RegistriesScope scope)
    {
        if (scope == RegistriesScope.Registry)
        {
            rules.BeginRegistry(_toml.Position);
            _registryKeys = default;
        }
        else
        {
            rules.AddMirror();
            _mirrorKeys = default;
        }

        if (!_toml.TryEnterInlineTable())
        {
            return false;
        }

        for (var first = true; ;)
        {
            if (!_toml.TryReadNextKey(ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                return scope != RegistriesScope.Registry || Obeys(rules.EndRegistry());
            }

            if (!TryReadValue(ref rules, scope))
            {
                return false;
            }
        }
    }

    private readonly RegistriesKey Names(RegistriesScope scope, TextSpan name) => RegistriesKeys.Find(scope, name.In(_text));

    private bool Obeys(bool rule)
    {
        _broken |= !rule;
        return rule;
    }
}
