using System;
using FastProvider.Generators;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>The kinds of table in registries.conf that have keys of their own.</summary>
internal enum RegistriesScope : byte
{
    /// <summary>The file itself.</summary>
    File,

    /// <summary>A <c>[[registry]]</c>.</summary>
    Registry,

    /// <summary>A <c>[[registry.mirror]]</c>.</summary>
    Mirror,

    /// <summary>The table <c>[registries]</c> of the v1 format.</summary>
    V1,

    /// <summary>One of the tables of <c>[registries]</c>.</summary>
    V1List,
}

/// <summary>The keys of registries.conf; their meaning is in containers-registries.conf(5).</summary>
internal enum RegistriesKey : byte
{
    /// <summary>Any other key.</summary>
    Unknown,
    [Utf8Name("registry")] Registry,
    [Utf8Name("unqualified-search-registries")] UnqualifiedSearchRegistries,
    [Utf8Name("credential-helpers")] CredentialHelpers,
    [Utf8Name("short-name-mode")] ShortNameMode,
    [Utf8Name("additional-layer-store-auth-helper")] AdditionalLayerStoreAuthHelper,
    [Utf8Name("aliases")] Aliases,
    [Utf8Name("registries")] Registries,
    [Utf8Name("prefix")] Prefix,
    [Utf8Name("location")] Location,
    [Utf8Name("insecure")] Insecure,
    [Utf8Name("blocked")] Blocked,
    [Utf8Name("mirror-by-digest-only")] MirrorByDigestOnly,
    [Utf8Name("pull-from-mirror")] PullFromMirror,
    [Utf8Name("mirror")] Mirror,
    [Utf8Name("search")] V1Search,
    [Utf8Name("insecure")] V1Insecure,
    [Utf8Name("block")] V1Block,
    [Utf8Name("registries")] V1Registries,
}

/// <summary>Names the key that a span is. The one place that knows the format's keys.</summary>
internal static partial class RegistriesKeys
{
    /// <summary>The names of the keys of a scope of the current format, for whoever looks for one that was meant.</summary>
    public static ReadOnlySpan<string> NamesIn(RegistriesScope scope) => scope switch
    {
        RegistriesScope.File =>
            (string[])[
                "registry", "unqualified-search-registries", "credential-helpers", "short-name-mode",
                "additional-layer-store-auth-helper", "aliases"],
        RegistriesScope.Registry =>
            (string[])["prefix", "location", "insecure", "blocked", "mirror-by-digest-only", "pull-from-mirror", "mirror"],
        RegistriesScope.Mirror => (string[])["location", "insecure", "pull-from-mirror"],
        _ => [],
    };

    /// <summary>The key of <paramref name="scope"/> that is spelled exactly <paramref name="name"/>.</summary>
    public static RegistriesKey Find(RegistriesScope scope, ReadOnlySpan<byte> name) => scope switch
    {
        RegistriesScope.Registry => FindInRegistry(name),
        RegistriesScope.Mirror => FindInMirror(name),
        RegistriesScope.File => FindInFile(name),
        RegistriesScope.V1 => FindInV1(name),
        _ => FindInV1List(name),
    };

    /// <summary>
    /// The key of <paramref name="scope"/> that equals <paramref name="name"/> when case is ignored. The reference library's
    /// TOML decoder takes such a key where the exact one is absent, by Unicode simple folding: beside A-Z that is the long s and
    /// the Kelvin sign.
    /// </summary>
    public static RegistriesKey FindFolded(RegistriesScope scope, ReadOnlySpan<byte> name)
    {
        Span<byte> folded = stackalloc byte[TomlText.LongestField];
        return TomlText.TryFold(name, folded, out var length) ? Find(scope, folded[..length]) : RegistriesKey.Unknown;
    }

    [Utf8Find(
        RegistriesKey.Prefix, RegistriesKey.Location, RegistriesKey.Insecure, RegistriesKey.Blocked,
        RegistriesKey.MirrorByDigestOnly, RegistriesKey.PullFromMirror, RegistriesKey.Mirror)]
    private static partial RegistriesKey FindInRegistry(ReadOnlySpan<byte> name);

    [Utf8Find(RegistriesKey.Location, RegistriesKey.Insecure, RegistriesKey.PullFromMirror)]
    private static partial RegistriesKey FindInMirror(ReadOnlySpan<byte> name);

    [Utf8Find(
        RegistriesKey.Registry, RegistriesKey.UnqualifiedSearchRegistries, RegistriesKey.CredentialHelpers,
        RegistriesKey.ShortNameMode, RegistriesKey.AdditionalLayerStoreAuthHelper,
        RegistriesKey.Aliases, RegistriesKey.Registries)]
    private static partial RegistriesKey FindInFile(ReadOnlySpan<byte> name);

    [Utf8Find(RegistriesKey.V1Search, RegistriesKey.V1Insecure, RegistriesKey.V1Block)]
    private static partial RegistriesKey FindInV1(ReadOnlySpan<byte> name);

    [Utf8Find(RegistriesKey.V1Registries)]
    private static partial RegistriesKey FindInV1List(ReadOnlySpan<byte> name);
}
