using System;
using FastProvider.Names;

namespace FastProvider.Mirrors;

/// <summary>One place that CRI-O may pull an image from: a mirror, or the registry itself.</summary>
/// <param name="Location">
/// The <c>location</c> in UTF-8 without trailing slashes; empty for a wildcard registry without one.
/// </param>
/// <param name="Insecure">Whether plain HTTP and bad certificates are accepted there.</param>
/// <param name="Restriction">For which pulls this mirror is asked; always unset for the registry itself.</param>
/// <param name="IsPrimary">Whether this is the registry itself, which is asked last.</param>
/// <param name="Repository">
/// The image's repository name at this endpoint, UTF-8: the name that CRI-O looks credentials up by.
/// </param>
internal readonly record struct PullEndpoint(
    ReadOnlyMemory<byte> Location,
    bool Insecure,
    PullFromMirror Restriction,
    bool IsPrimary,
    ReadOnlyMemory<byte> Repository)
{
    /// <summary>Whether <see cref="Repository"/> is a canonical repository name; if not, no pull can use this endpoint.</summary>
    public bool IsValid { get; } = ReferenceName.IsCanonical(Repository.Span);
}
