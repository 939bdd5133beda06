using System;

namespace FastProvider.Node;

/// <summary>What can be said of a private key in PEM before OpenSSL sees it, which has only numbers for it.</summary>
internal static class PrivateKeyPem
{
    /// <summary>Looks at the first private key, as Go does (crypto/tls, X509KeyPair).</summary>
    /// <returns>Null, or what is wrong, as words that follow the name of its place.</returns>
    public static string? Fault(ReadOnlySpan<byte> pem)
    {
        while (pem.IndexOf("-----BEGIN "u8) is var begin and >= 0)
        {
            pem = pem[(begin + "-----BEGIN ".Length)..];
            var label = pem[..Math.Max(pem.IndexOf("-----"u8), 0)];
            if (label.EndsWith("PRIVATE KEY"u8))
            {
                // PKCS #8 says it in its label, the older form in a header (RFC 1421, RFC 7468 section 11).
                var block = pem[..(pem.IndexOf("-----END"u8) is var end and >= 0 ? end : pem.Length)];
                return label.StartsWith("ENCRYPTED"u8) || block.IndexOf(",ENCRYPTED"u8) >= 0
                    ? "has an encrypted private key, and nobody is here to type its passphrase:"
                        + " put one there that is not encrypted"
                    : null;
            }
        }

        return "holds no private key: a PEM block BEGIN PRIVATE KEY is needed";
    }
}
