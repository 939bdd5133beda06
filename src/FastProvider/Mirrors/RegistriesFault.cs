using System;
using System.Text;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>What makes a registries.conf invalid as a whole. Source: sysregistriesv2 of go.podman.io/image.</summary>
internal enum RegistriesRule : byte
{
    None,
    SchemeInLocation,
    NeitherPrefixNorLocation,
    LocationMissing,
    PullFromMirrorOnRegistry,
    MirrorLocationMissing,
    DigestOnlyTwice,
    UnknownPullFromMirror,
    ConflictingInsecure,
    ConflictingBlocked,
    BadSearchRegistry,
    BadShortNameMode,
    BadWildcard,
    BadAliasName,
    BadAliasTarget,
    V1Format,
    WrongType,
    MirrorWithoutRegistry,
    RegistryIsOneTable,
}

/// <summary>
/// The first fault found in a file: the rule, the text it is about (within the text that was read; empty where there is none) and
/// where: a byte offset.
/// </summary>
internal readonly record struct RegistriesFault(RegistriesRule Rule, TextSpan Subject, int Mark)
{
    private const int LongestQuote = 80;

    /// <summary>What is wrong, for a message that already names file and line.</summary>
    public static string Describe(RegistriesRule rule, ReadOnlySpan<byte> subject)
    {
        var quoted = Quote(subject);
        return rule switch
        {
            RegistriesRule.SchemeInLocation => $"{quoted} has a URI scheme; write host[:port][/path] without it",
            RegistriesRule.NeitherPrefixNorLocation => "this [[registry]] has neither prefix nor location",
            RegistriesRule.LocationMissing =>
                $"the [[registry]] with prefix {quoted} has no location, which only a prefix like *.example.com may lack",
            RegistriesRule.PullFromMirrorOnRegistry =>
                "pull-from-mirror belongs into a [[registry.mirror]], not into the [[registry]]",
            RegistriesRule.MirrorLocationMissing => "a mirror of this [[registry]] has no location",
            RegistriesRule.DigestOnlyTwice =>
                $"the mirror {quoted} sets pull-from-mirror while its [[registry]] sets mirror-by-digest-only; keep one of them",
            RegistriesRule.UnknownPullFromMirror => $"pull-from-mirror = {quoted} is none of all, digest-only, tag-only",
            RegistriesRule.ConflictingInsecure =>
                $"{quoted} stands in several [[registry]] tables with different values of insecure",
            RegistriesRule.ConflictingBlocked =>
                $"{quoted} stands in several [[registry]] tables with different values of blocked",
            RegistriesRule.BadSearchRegistry => $"{quoted} in unqualified-search-registries is no host[:port]",
            RegistriesRule.BadShortNameMode => $"short-name-mode = {quoted} is none of enforcing, permissive, disabled",
            RegistriesRule.BadWildcard =>
                $"the wildcard prefix {quoted} must be like *.example.com, without path, port or digest",
            RegistriesRule.BadAliasName => $"the alias {quoted} is no short name without registry, tag and digest",
            RegistriesRule.BadAliasTarget =>
                $"the alias target {quoted} is no repository name with a registry and without tag and digest",
            RegistriesRule.V1Format => "the table [registries] belongs to the v1 format, which newer container libraries"
                + " refuse (CRI-O up to 1.37 reads it, without mirrors); write [[registry]] tables",
            RegistriesRule.MirrorWithoutRegistry =>
                "this [[registry.mirror]] has no [[registry]] above it; write that first, with its location",
            RegistriesRule.RegistryIsOneTable =>
                "registry is a single table; write [[registry]], in double brackets, for each registry",
            RegistriesRule.WrongType => $"{quoted} has a value of the wrong type",
            _ => "no fault is known",
        };
    }

    // Printable ASCII only, and short: the line goes into the kubelet's log.
    private static string Quote(ReadOnlySpan<byte> text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text.Length > LongestQuote ? text[..LongestQuote] : text)
        {
            quoted.Append(c is >= (byte)' ' and < 0x7f ? (char)c : '?');
        }

        return quoted.Append(text.Length > LongestQuote ? "...\"" : "\"").ToString();
    }
}
