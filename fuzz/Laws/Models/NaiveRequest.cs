using System.Text.Json;
using FastProvider.Tests.Mirrors;

namespace FastProvider.Fuzz.Laws.Models;

/// <summary>
/// The kubelet's request once more, by a document model: of a repeated name the last counts, an image and a token are strings or
/// null.
/// </summary>
internal static class NaiveRequest
{
    /// <returns>The image and the token, or null for what is no request.</returns>
    /// <exception cref="InvalidOperationException">A name or string in it is no Unicode.</exception>
    public static (string Image, string Token)? Read(byte[] json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            return null;
        }

        using (document)
        {
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            string? kind = null, version = null;
            string image = "", token = "";
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var text = member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString() : null;
                var isText = text is not null || member.Value.ValueKind is JsonValueKind.Null;
                switch (member.Name)
                {
                    case "kind":
                        kind = text;
                        break;
                    case "apiVersion":
                        version = text;
                        break;
                    case "image" when isText:
                        image = text ?? "";
                        break;
                    case "serviceAccountToken" when isText:
                        token = text ?? "";
                        break;
                    case "image" or "serviceAccountToken":
                        return null;
                }
            }

            return kind == "CredentialProviderRequest" && version == "credentialprovider.kubelet.k8s.io/v1"
                && NaiveReferenceName.IsCanonical(NaiveReferenceName.Normalize(image)) ? (image, token) : null;
        }
    }
}
