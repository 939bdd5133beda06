using System;
using System.Text;

namespace FastProvider.Names;

/// <summary>The key of an annotation.</summary>
internal static class AnnotationKey
{
    private const int MaxNameLength = 63;

    /// <summary>
    /// A qualified name: perhaps a DNS-1123 subdomain and a slash, then letters, digits and inner dashes, underscores and dots
    /// (k8s.io/apimachinery/pkg/util/validation, IsQualifiedName).
    /// </summary>
    public static bool IsValid(string key)
    {
        var slash = key.IndexOf('/');
        var name = key.AsSpan(slash + 1);
        if (slash >= 0 && !SubdomainName.IsValid(Encoding.UTF8.GetBytes(key[..slash])))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxNameLength
            && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
    }
}
