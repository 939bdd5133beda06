using System;

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
    Unknown,
    Registry,
    UnqualifiedSearchRegistries,
    CredentialHelpers,
    ShortNameMode,
    AdditionalLayerStoreAuthHelper,
    Aliases,
    Registries,
    Prefix,
    Location,
    Insecure,
    Blocked,
    MirrorByDigestOnly,
    PullFromMirror,
    Mirror,
    V1Search,
    V1Insecure,
    V1Block,
    V1Registries,
}

/// <summary>Names the key that a span is. The one place that knows the format's keys.</summary>
internal static class RegistriesKeys
{
    /// <summary>The key of <paramref name="scope"/> that is spelled exactly <paramref name="name"/>.</summary>
    public static RegistriesKey Find(RegistriesScope scope, ReadOnlySpan<byte> name) => scope switch
    {
        RegistriesScope.Registry => FindInRegistry(name),
        RegistriesScope.Mirror => FindInMirror(name),
        RegistriesScope.File => FindInFile(name),
        RegistriesScope.V1 => FindInV1(name),
        _ => name.SequenceEqual("registries"u8) ? RegistriesKey.V1Registries : RegistriesKey.Unknown,
    };

    /// <summary>
    /// The key of <paramref name="scope"/> that equals <paramref name="name"/> when case is ignored. The reference library's
    /// TOML decoder takes such a key where the exact one is absent, by Unicode simple folding: beside A-Z that is the long s and the Kelvin sign.
    /// </summary>
    public static RegistriesKey FindFolded(RegistriesScope scope, ReadOnlySpan<byte> name)
    {
        const int longest = 3 * 40; // no key is longer than 40 letters, and no folded letter longer than 3 bytes
        if (name.Length > longest)
        {
            return RegistriesKey.Unknown;
        }

        Span<byte> folded = stackalloc byte[longest];
        var length = 0;
        while (!name.IsEmpty)
        {
            var (letter, width) = name.StartsWith("\u017f"u8) ? ((byte)'s', 2)
                : name.StartsWith("\u212a"u8) ? ((byte)'k', 3)
                : (name[0] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[0] | 0x20) : name[0], 1);
            folded[length++] = letter;
            name = name[width..];
        }

        return Find(scope, folded[..length]);
    }

    private static RegistriesKey FindInRegistry(ReadOnlySpan<byte> name) => name.Length switch
    {
        8 => name.SequenceEqual("location"u8) ? RegistriesKey.Location
            : name.SequenceEqual("insecure"u8) ? RegistriesKey.Insecure : RegistriesKey.Unknown,
        6 => name.SequenceEqual("prefix"u8) ? RegistriesKey.Prefix
            : name.SequenceEqual("mirror"u8) ? RegistriesKey.Mirror : RegistriesKey.Unknown,
        7 => name.SequenceEqual("blocked"u8) ? RegistriesKey.Blocked : RegistriesKey.Unknown,
        16 => name.SequenceEqual("pull-from-mirror"u8) ? RegistriesKey.PullFromMirror : RegistriesKey.Unknown,
        21 => name.SequenceEqual("mirror-by-digest-only"u8) ? RegistriesKey.MirrorByDigestOnly : RegistriesKey.Unknown,
        _ => RegistriesKey.Unknown,
    };

    private static RegistriesKey FindInMirror(ReadOnlySpan<byte> name) => name.Length switch
    {
        8 => name.SequenceEqual("location"u8) ? RegistriesKey.Location
            : name.SequenceEqual("insecure"u8) ? RegistriesKey.Insecure : RegistriesKey.Unknown,
        16 => name.SequenceEqual("pull-from-mirror"u8) ? RegistriesKey.PullFromMirror : RegistriesKey.Unknown,
        _ => RegistriesKey.Unknown,
    };

    private static RegistriesKey FindInFile(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 => name.SequenceEqual("aliases"u8) ? RegistriesKey.Aliases : RegistriesKey.Unknown,
        8 => name.SequenceEqual("registry"u8) ? RegistriesKey.Registry : RegistriesKey.Unknown,
        10 => name.SequenceEqual("registries"u8) ? RegistriesKey.Registries : RegistriesKey.Unknown,
        15 => name.SequenceEqual("short-name-mode"u8) ? RegistriesKey.ShortNameMode : RegistriesKey.Unknown,
        18 => name.SequenceEqual("credential-helpers"u8) ? RegistriesKey.CredentialHelpers : RegistriesKey.Unknown,
        29 => name.SequenceEqual("unqualified-search-registries"u8) ? RegistriesKey.UnqualifiedSearchRegistries : RegistriesKey.Unknown,
        34 => name.SequenceEqual("additional-layer-store-auth-helper"u8) ? RegistriesKey.AdditionalLayerStoreAuthHelper : RegistriesKey.Unknown,
        _ => RegistriesKey.Unknown,
    };

    private static RegistriesKey FindInV1(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("search"u8) ? RegistriesKey.V1Search
        : name.SequenceEqual("insecure"u8) ? RegistriesKey.V1Insecure
        : name.SequenceEqual("block"u8) ? RegistriesKey.V1Block
        : RegistriesKey.Unknown;
}
