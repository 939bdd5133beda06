using System;
using System.Buffers;
using FastProvider.Names;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>
/// Takes the tables and keys of one registries.conf from either reader, checks each as the reference library does
/// (postProcessRegistries and loadConfigFile of sysregistriesv2/system_registries_v2.go) and keeps the registry that decides for
/// one image. A method that answers false has set <see cref="Fault"/>: the file is invalid as a whole.
/// </summary>
internal ref struct RegistriesRules(ReadOnlySpan<byte> text, ReadOnlySpan<byte> image, RegistriesScratch scratch)
{
    private static readonly SearchValues<byte> NotInWildcards = SearchValues.Create("/@:"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly ReadOnlySpan<byte> _image = image;
    private readonly RegistriesScratch _scratch = scratch;
    private int _mirrorCount;
    private bool _helpersIncludeAuthFiles;

    /// <summary>The table that is being read, between <see cref="BeginRegistry"/> and <see cref="EndRegistry"/>.</summary>
    public RegistryTable Registry;

    /// <summary>What was read so far.</summary>
    public RegistriesFindings Findings;

    /// <summary>Whether a table is open.</summary>
    public bool InRegistry { get; private set; }

    /// <summary>Why a method answered false.</summary>
    public RegistriesFault Fault { get; private set; }

    /// <summary>Opens the next registry, which stands at <paramref name="mark"/>.</summary>
    public void BeginRegistry(int mark)
    {
        Registry = default;
        Registry.Mark = mark;
        _mirrorCount = 0;
        InRegistry = true;
    }

    /// <summary>Adds a mirror to the open registry, to be filled in by the caller until the next call.</summary>
    public ref MirrorTable AddMirror()
    {
        if (_mirrorCount == _scratch.Mirrors.Length)
        {
            Array.Resize(ref _scratch.Mirrors, _mirrorCount * 2);
        }

        ref var mirror = ref _scratch.Mirrors[_mirrorCount++];
        mirror = default;
        return ref mirror;
    }

    /// <summary>Forgets the mirrors of the open registry.</summary>
    public void ClearMirrors() => _mirrorCount = 0;

    /// <summary>The mirror added last.</summary>
    public readonly ref MirrorTable LastMirror => ref _scratch.Mirrors[_mirrorCount - 1];

    /// <summary>Checks the open registry, if there is one, and keeps it if it decides for the image.</summary>
    public bool EndRegistry()
    {
        if (!InRegistry)
        {
            return true;
        }

        InRegistry = false;
        if (!NormalizeRegistry() || !CheckMirrors() || !CheckConflicts())
        {
            return false;
        }

        _scratch.Inventory?.Add(Registry, _scratch.Mirrors.AsSpan(0, _mirrorCount), _text);
        KeepIfDecisive();
        return true;
    }

    /// <summary>One entry of <c>unqualified-search-registries</c>.</summary>
    public bool SearchRegistry(TextSpan host, int mark) =>
        TryTrim(host, mark, out var trimmed)
        && (ReferenceName.IsDomain(trimmed.In(_text)) || Fail(RegistriesRule.BadSearchRegistry, trimmed, mark));

    /// <summary>The value of <c>short-name-mode</c>.</summary>
    public bool ShortNameMode(TextSpan mode, int mark)
    {
        var name = mode.In(_text);
        return name.IsEmpty || name.SequenceEqual("permissive"u8) || name.SequenceEqual("enforcing"u8)
            || name.SequenceEqual("disabled"u8)
            || Fail(RegistriesRule.BadShortNameMode, mode, mark);
    }

    /// <summary>One entry of <c>[aliases]</c>; an empty target resets the alias of an earlier file.</summary>
    public bool Alias(TextSpan name, TextSpan target, int mark) =>
        (ReferenceName.IsShortName(name.In(_text)) || Fail(RegistriesRule.BadAliasName, name, mark))
        && (target.Length == 0 || ReferenceName.IsAliasTarget(target.In(_text))
            || Fail(RegistriesRule.BadAliasTarget, target, mark));

    /// <summary>The list <c>credential-helpers</c> begins.</summary>
    public void BeginCredentialHelpers() =>
        (Findings.HasCredentialHelpers, Findings.HelpersExcludeAuthFiles, _helpersIncludeAuthFiles) = (true, false, false);

    /// <summary>One entry of <c>credential-helpers</c>.</summary>
    public void CredentialHelper(TextSpan name)
    {
        _helpersIncludeAuthFiles |= name.In(_text).SequenceEqual("containers-auth.json"u8);
        Findings.HelpersExcludeAuthFiles = !_helpersIncludeAuthFiles;
    }

    /// <summary>Sets <see cref="Fault"/> and answers false.</summary>
    public bool Fail(RegistriesRule rule, TextSpan subject, int mark)
    {
        Fault = new RegistriesFault(rule, subject, mark);
        return false;
    }

    private bool NormalizeRegistry()
    {
        if (!TryTrim(Registry.Location, Registry.Mark, out Registry.Location))
        {
            return false;
        }

        if (Registry.Prefix.Length == 0)
        {
            if (Registry.Location.Length == 0)
            {
                return Fail(RegistriesRule.NeitherPrefixNorLocation, default, Registry.Mark);
            }

            Registry.Prefix = Registry.Location;
        }
        else if (!TryTrim(Registry.Prefix, Registry.Mark, out Registry.Prefix))
        {
            return false;
        }

        var prefix = Registry.Prefix.In(_text);
        var wildcard = prefix.StartsWith("*."u8);
        return (wildcard || Registry.Location.Length > 0 || Fail(RegistriesRule.LocationMissing, Registry.Prefix, Registry.Mark))
            && (!wildcard || !prefix.ContainsAny(NotInWildcards)
                || Fail(RegistriesRule.BadWildcard, Registry.Prefix, Registry.Mark))
            && (Registry.PullFromMirror.Length == 0 || Fail(RegistriesRule.PullFromMirrorOnRegistry, default, Registry.Mark));
    }

    private bool CheckMirrors()
    {
        foreach (ref var mirror in _scratch.Mirrors.AsSpan(0, _mirrorCount))
        {
            if (!TryTrim(mirror.Location, Registry.Mark, out mirror.Location))
            {
                return false;
            }

            if (mirror.Location.Length == 0)
            {
                return Fail(RegistriesRule.MirrorLocationMissing, default, Registry.Mark);
            }

            if (mirror.PullFromMirror.Length == 0)
            {
                continue;
            }

            if (Registry.MirrorByDigestOnly)
            {
                return Fail(RegistriesRule.DigestOnlyTwice, mirror.Location, Registry.Mark);
            }

            if (!PullFromMirrorValues.TryParse(mirror.PullFromMirror.In(_text), out _))
            {
                return Fail(RegistriesRule.UnknownPullFromMirror, mirror.PullFromMirror, Registry.Mark);
            }
        }

        return true;
    }

    private bool CheckConflicts()
    {
        const byte insecure = 1;
        const byte blocked = 2;
        var place = Registry.Location.Length > 0 ? Registry.Location : Registry.Prefix;
        var flags = (byte)((Registry.Insecure ? insecure : 0) | (Registry.Blocked ? blocked : 0));
        if (_scratch.Locations.TryAdd(_text, place, flags, out var earlier) || earlier == flags)
        {
            return true;
        }

        var rule = ((earlier ^ flags) & insecure) != 0 ? RegistriesRule.ConflictingInsecure : RegistriesRule.ConflictingBlocked;
        return Fail(rule, place, Registry.Mark);
    }

    private void KeepIfDecisive()
    {
        var prefix = Registry.Prefix.In(_text);
        // An equal prefix does not decide: within one file the first table of a prefix wins.
        if (PrefixMatcher.MatchedLength(_image, prefix) < 0
            || (Findings.Matched && !PrefixMatcher.Decides(prefix, Findings.Best.Prefix.In(_text))))
        {
            return;
        }

        Findings.Matched = true;
        Findings.Best = Registry;
        Findings.BestMirrorCount = _mirrorCount;
        (_scratch.Mirrors, _scratch.BestMirrors) = (_scratch.BestMirrors, _scratch.Mirrors);
    }

    // The reference trims first and looks for a scheme then, so "https://" alone passes as "https:".
    private bool TryTrim(TextSpan location, int mark, out TextSpan trimmed)
    {
        var bytes = location.In(_text).TrimEnd((byte)'/');
        trimmed = location with { Length = bytes.Length };
        return bytes.IsEmpty || bytes[0] != (byte)'h' || !(bytes.StartsWith("http://"u8) || bytes.StartsWith("https://"u8))
            || Fail(RegistriesRule.SchemeInLocation, location, mark);
    }
}
