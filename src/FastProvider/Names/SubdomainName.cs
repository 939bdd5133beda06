using System;

namespace FastProvider.Names;

/// <summary>The name of most objects of Kubernetes, such as a Secret, a pod or a node, which becomes part of a URL.</summary>
internal static class SubdomainName
{
    private const int MaxLength = 253;

    /// <summary>
    /// A DNS-1123 subdomain: labels of lower-case letters, digits and inner dashes with a dot between them, at most 253
    /// characters in all (k8s.io/apimachinery/pkg/util/validation, IsDNS1123Subdomain). No label is empty, so it is never a
    /// dot-segment of a path.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > MaxLength)
        {
            return false;
        }

        var before = (byte)'.';
        foreach (var c in name)
        {
            var isInner = c is (byte)'-' ? before is not (byte)'.'
                : c is (byte)'.' ? before is not ((byte)'.' or (byte)'-')
                : c is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9');
            if (!isInner)
            {
                return false;
            }

            before = c;
        }

        return before is not ((byte)'.' or (byte)'-');
    }
}
