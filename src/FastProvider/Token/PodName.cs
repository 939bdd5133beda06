using System;
using System.Text;
using FastProvider.Names;

namespace FastProvider.Token;

/// <summary>The pod of a token, as far as it can be named in a URL and in JSON.</summary>
/// <param name="validNamespace">A checked DNS-1123 label.</param>
/// <param name="name">A checked DNS-1123 subdomain.</param>
/// <param name="uid">As the token has it, without anything that JSON would escape.</param>
internal sealed class PodName(string validNamespace, string name, string uid)
{
    private const int MaxUidBytes = 128;

    public string Namespace => validNamespace;

    public string Name => name;

    public string Uid => uid;

    /// <summary>Null for a token that is bound to no pod.</summary>
    public static PodName? Of(in TokenClaims claims)
    {
        var isPod = SubdomainName.IsValid(claims.Pod.Span) && claims.PodUid.Length is > 0 and <= MaxUidBytes
            && !claims.PodUid.Span.ContainsAnyExceptInRange((byte)'-', (byte)'z') && !claims.PodUid.Span.Contains((byte)'\\');
        return isPod
            ? new PodName(
                Encoding.ASCII.GetString(claims.Namespace.Span), Encoding.ASCII.GetString(claims.Pod.Span),
                Encoding.ASCII.GetString(claims.PodUid.Span))
            : null;
    }
}
