using System;

namespace FastProvider.Mirrors;

/// <summary>
/// The <c>[[registry]]</c> that decides for an image, copied out of its file. Texts are UTF-8 without trailing slashes.
/// </summary>
internal sealed class RegistryMatch
{
    /// <summary>The path of the file it stands in.</summary>
    public required string File { get; init; }

    /// <summary>The line where its table begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The prefix that matched; the location if the table has none.</summary>
    public required ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Where the registry itself is; empty if the prefix is a wildcard and the image keeps its name.</summary>
    public required ReadOnlyMemory<byte> Location { get; init; }

    /// <summary>Whether pulls from the location itself are forbidden. Mirrors still serve the image.</summary>
    public bool Blocked { get; init; }

    /// <summary>Whether plain HTTP and bad certificates are accepted at the location.</summary>
    public bool Insecure { get; init; }

    /// <summary>Whether the mirrors are asked for pulls by digest only.</summary>
    public bool MirrorByDigestOnly { get; init; }

    /// <summary>The mirrors in the order in which they are asked.</summary>
    public required Mirror[] Mirrors { get; init; }
}

/// <summary>A mirror of a <see cref="RegistryMatch"/>.</summary>
/// <param name="Location">Where it is, UTF-8, never empty.</param>
/// <param name="Insecure">Whether plain HTTP and bad certificates are accepted there.</param>
/// <param name="Restriction">For which pulls it is asked.</param>
internal readonly record struct Mirror(ReadOnlyMemory<byte> Location, bool Insecure, PullFromMirror Restriction);
