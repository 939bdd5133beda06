using System;
using System.Text;

namespace FastProvider.Names;

/// <summary>The name of a Kubernetes namespace, which becomes part of a file name and of a URL.</summary>
internal static class NamespaceName
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 63;

    /// <summary>
    /// A DNS-1123 label: lower-case letters, digits and inner dashes, at most 63
    /// (k8s.io/apimachinery/pkg/util/validation, IsDNS1123Label). It cannot hold a slash or a dot, so it cannot leave a
    /// directory or a URL segment.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > MaxLength || name[0] is (byte)'-' || name[^1] is (byte)'-')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (c is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether all of them are names.</summary>
    public static bool AreValid(string[] names)
    {
        foreach (var name in names)
        {
            if (!IsValid(Encoding.UTF8.GetBytes(name)))
            {
                return false;
            }
        }

        return true;
    }
}
