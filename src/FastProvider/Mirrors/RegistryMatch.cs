using System;

namespace FastProvider.Mirrors;

/// <summary>
/// The <c>[[registry]]</c> that decides for an image, copied out of its file. Texts are UTF-8 without trailing slashes.
/// </summary>
internal sealed class RegistryMatch(
    string file,
    int line,
    ReadOnlyMemory<byte> prefix,
    ReadOnlyMemory<byte> location,
    bool blocked,
    bool insecure,
    bool mirrorByDigestOnly,
    Mirror[] mirrors)
{
    /// <summary>The path of the file it stands in.</summary>
    public string File => file;

    /// <summary>The line where its table begins, from 1.</summary>
    public int Line => line;

    /// <summary>The prefix that matched; the location if the table has none.</summary>
    public ReadOnlyMemory<byte> Prefix => prefix;

    /// <summary>Where the registry itself is; empty if the prefix is a wildcard and the image keeps its name.</summary>
    public ReadOnlyMemory<byte> Location => location;

    /// <summary>Whether pulls from the location itself are forbidden. Mirrors still serve the image.</summary>
    public bool Blocked => blocked;

    /// <summary>Whether plain HTTP and bad certificates are accepted at the location.</summary>
    public bool Insecure => insecure;

    /// <summary>Whether the mirrors are asked for pulls by digest only.</summary>
    public bool MirrorByDigestOnly => mirrorByDigestOnly;

    /// <summary>The mirrors in the order in which they are asked.</summary>
    public Mirror[] Mirrors => mirrors;
}

/// <summary>A mirror of a <see cref="RegistryMatch"/>.</summary>
/// <param name="Location">Where it is, UTF-8, never empty.</param>
/// <param name="Insecure">Whether plain HTTP and bad certificates are accepted there.</param>
/// <param name="Restriction">For which pulls it is asked.</param>
internal readonly record struct Mirror(ReadOnlyMemory<byte> Location, bool Insecure, PullFromMirror Restriction);
