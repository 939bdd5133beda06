using System;

namespace FastProvider.Mirrors;

/// <summary>
/// Which of several prefixes of registries.conf decides for an image. Source: refMatchingPrefix, refMatchingSubdomainPrefix
/// and findRegistryWithParsedConfig of go.podman.io/image (sysregistriesv2/system_registries_v2.go).
/// </summary>
internal static class PrefixMatcher
{
    /// <summary>How many bytes of <paramref name="image"/> are matched by <paramref name="prefix"/>, or -1.</summary>
    public static int MatchedLength(ReadOnlySpan<byte> image, ReadOnlySpan<byte> prefix)
    {
        int end;
        if (prefix.StartsWith("*."u8))
        {
            var suffix = prefix[1..];
            var at = image.IndexOf(suffix);
            // Only the first occurrence counts, and it must lie in the host.
            if (at < 0 || image[..at].Contains((byte)'/'))
            {
                return -1;
            }

            end = at + suffix.Length;
        }
        else if (image.StartsWith(prefix))
        {
            end = prefix.Length;
        }
        else
        {
            return -1;
        }

        return end == image.Length || image[end] is (byte)':' or (byte)'/' or (byte)'@' ? end : -1;
    }

    /// <summary>
    /// Whether the matching prefix <paramref name="candidate"/> decides rather than the matching prefix <paramref name="best"/>:
    /// the longer string, and among equally long ones the first in byte order.
    /// </summary>
    public static bool Decides(ReadOnlySpan<byte> candidate, ReadOnlySpan<byte> best) =>
        candidate.Length != best.Length ? candidate.Length > best.Length : candidate.SequenceCompareTo(best) < 0;
}
