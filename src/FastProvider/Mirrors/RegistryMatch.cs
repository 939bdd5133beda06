using System;

namespace FastProvider.Mirrors;

/// <summary>The <c>[[registry]]</c> that decides for an image, copied out of its file. Texts are UTF-8 without trailing slashes.</summary>
/// <param name="File">The path of the file it stands in.</param>
/// <param name="Line">The line where its table begins, from 1.</param>
/// <param name="Prefix">The prefix that matched; the location if the table has none.</param>
/// <param name="Location">Where the registry itself is; empty if the prefix is a wildcard and the image keeps its name.</param>
/// <param name="Blocked">Whether pulls from the location itself are forbidden. Mirrors still serve the image.</param>
/// <param name="Insecure">Whether plain HTTP and bad certificates are accepted at the location.</param>
/// <param name="MirrorByDigestOnly">Whether the mirrors are asked for pulls by digest only.</param>
/// <param name="Mirrors">The mirrors in the order in which they are asked.</param>
internal sealed record RegistryMatch(
    string File,
    int Line,
    ReadOnlyMemory<byte> Prefix,
    ReadOnlyMemory<byte> Location,
    bool Blocked,
    bool Insecure,
    bool MirrorByDigestOnly,
    Mirror[] Mirrors);

/// <summary>A mirror of a <see cref="RegistryMatch"/>.</summary>
/// <param name="Location">Where it is, UTF-8, never empty.</param>
/// <param name="Insecure">Whether plain HTTP and bad certificates are accepted there.</param>
/// <param name="Restriction">For which pulls it is asked.</param>
internal readonly record struct Mirror(ReadOnlyMemory<byte> Location, bool Insecure, PullFromMirror Restriction);
