using System;
using System.Text;
using FastProvider.Transport;

namespace FastProvider.AuthFile;

/// <summary>
/// The name under which CRI-O looks: <c>NAMESPACE-SHA256(image).json</c>, the digest in lower-case hexadecimal
/// (cri-o, internal/... auth.FilePath as called by server/image_pull.go).
/// </summary>
internal static class AuthFileName
{
    private const int DigestBytes = 32;

    /// <param name="validNamespace">A checked DNS-1123 label: the name must stay inside its directory.</param>
    /// <param name="image">The image of the request.</param>
    public static string For(ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        OpenSsl.Sha256(image, digest);
        return $"{Encoding.ASCII.GetString(validNamespace)}-{Convert.ToHexStringLower(digest)}.json";
    }
}
