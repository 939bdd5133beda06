using System;
using System.Text;
using FastProvider.Documents;
using FastProvider.Names;
using FastProvider.Settings;

namespace FastProvider.Commands.Explain;

/// <summary>
/// Why the API server refuses a Secret of a manifest: it decodes <c>data</c> and <c>stringData</c> as maps of texts, the first of
/// them base64, and wants a name of its kind and the key of the type (pkg/apis/core/validation, ValidateSecret).
/// </summary>
internal static class SecretFault
{
    /// <summary>Words that follow the Secret's name and a colon; null if nothing is wrong with it.</summary>
    public static string? Of(DocumentNode secret)
    {
        var name = secret.Find("metadata"u8)?.Find("name"u8);
        if (name is not { Kind: DocumentNodeKind.Scalar, Type: ScalarType.Text })
        {
            return "its name is no text, put it in quotes";
        }

        if (!SubdomainName.IsValid(name.Text.Span))
        {
            return "its name is not of lower-case letters, digits, dashes and dots";
        }

        var key = secret.TextOf("type"u8) switch
        {
            "kubernetes.io/dockerconfigjson" => ".dockerconfigjson",
            "kubernetes.io/dockercfg" => ".dockercfg",
            "kubernetes.io/podmanconfigjson" => ".podmanconfigjson",
            _ => "",
        };
        var utf8Key = Encoding.UTF8.GetBytes(key);
        var (data, stringData) = (secret.Find("data"u8), secret.Find("stringData"u8));
        var (encoded, text) = (data?.Find(utf8Key), stringData?.Find(utf8Key));
        return key is "" ? null
            : encoded is null && text is null ? key is ".podmanconfigjson" ? null : WhyLacking(key, data, stringData)
            : encoded is not null && !IsText(encoded) ? $"{key} in its data is no text"
            : text is not null && !IsText(text) ? $"{key} in its stringData is no text, write the document as a text (|)"
            // Go's decoder passes over line ends, and over nothing else (encoding/base64).
            : encoded is not null && encoded.Text.Span.ContainsAny((byte)' ', (byte)'\t')
                ? $"{key} is not base64, as it has blanks; a folded text (>) makes them of line ends"
            : null;
    }

    private static bool IsText(DocumentNode value) =>
        value.Kind is DocumentNodeKind.Null || value is { Kind: DocumentNodeKind.Scalar, Type: ScalarType.Text };

    private static string WhyLacking(string key, DocumentNode? data, DocumentNode? stringData)
    {
        var present = data?.Children is { Count: > 0 } encoded ? encoded : stringData?.Children ?? [];
        var other = present.Count > 0 ? $" (it has {Argument.Printable(Encoding.UTF8.GetString(present[0].Key.Span))})" : "";
        return $"its data has no {key}{other}, which its type wants";
    }
}
