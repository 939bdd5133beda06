using System;
using System.Text;

namespace FastProvider.Names;

/// <summary>
/// Which Secret is meant: one of the pod's own namespace by its name, or one of another as <c>NAMESPACE/NAME</c>.
/// </summary>
/// <param name="Namespace">Empty for the pod's own.</param>
/// <param name="Name">Of the Secret.</param>
internal readonly record struct SecretReference(string Namespace, string Name)
{
    /// <summary>It is of another namespace, as a platform has one Secret for many.</summary>
    public bool IsShared => Namespace.Length > 0;

    /// <summary>Reads <c>NAMESPACE/NAME</c>. Both become parts of a URL, so what cannot be a name is refused.</summary>
    public static bool TryParseShared(ReadOnlySpan<byte> text, out SecretReference reference)
    {
        var slash = text.IndexOf((byte)'/');
        var isValid = slash > 0 && NamespaceName.IsValid(text[..slash]) && SubdomainName.IsValid(text[(slash + 1)..]);
        reference = isValid
            ? new SecretReference(Encoding.ASCII.GetString(text[..slash]), Encoding.ASCII.GetString(text[(slash + 1)..]))
            : default;
        return isValid;
    }

    /// <summary>Reads <c>NAMESPACE/NAME[,NAMESPACE/NAME]</c>; blanks around a name do not count.</summary>
    /// <param name="list">Of a flag.</param>
    /// <returns>Empty if any of them is none; an empty list has no name.</returns>
    public static SecretReference[] ParseShared(string list)
    {
        var texts = list.Split(',');
        var shared = new SecretReference[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!TryParseShared(Encoding.UTF8.GetBytes(texts[i].Trim(' ')), out shared[i]))
            {
                return [];
            }
        }

        return shared;
    }

    /// <summary>As a person names it to who has the pod's namespace before the eyes.</summary>
    public override string ToString() => IsShared ? $"{Namespace}/{Name}" : Name;
}
