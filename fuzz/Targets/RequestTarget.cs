using System.Text;
using System.Text.Json;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Request;

namespace FastProvider.Fuzz.Targets;

/// <summary>The kubelet's request, against a document model of the same text.</summary>
internal static class RequestTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        using var values = new SecretBuffer();
        var failure = CredentialProviderRequest.Read(input.Span, values, out var request);
        Law.IsOneLine(failure?.Message);
        Law.Holds(failure is null || request.Image.IsEmpty && request.Token.IsEmpty, "a failure leaves no request");
        using var model = JsonModel.Parse(input, maxDepth: 16);
        if (model is null || model.Root.ValueKind is not JsonValueKind.Object)
        {
            Law.Holds(failure is not null, "what is no JSON object is no request");
        }
        else if (!model.IsOdd)
        {
            var expected = Expected(model.Root);
            var actual = failure is null ? Text(request.Image) + "\n" + Text(request.Token) : null;
            Law.Same(expected, actual, "the fields are those of the document model");
        }

        if (failure is null)
        {
            using var cutValues = new SecretBuffer();
            var whole = input.Span.TrimEnd(" \t\r\n"u8);
            Law.Holds(
                CredentialProviderRequest.Read(whole[..^1], cutValues, out _) is not null,
                "a request without its last byte is none");
        }
    }

    private static string? Expected(JsonElement root) =>
        Field(root, "kind") is "CredentialProviderRequest"
            && Field(root, "apiVersion") is "credentialprovider.kubelet.k8s.io/v1"
            && Field(root, "image") is { } image && ReferenceName.IsNormalizable(Encoding.UTF8.GetBytes(image))
            && Field(root, "serviceAccountToken") is { } token
                ? image + "\n" + token
                : null;

    /// <summary>Empty if it is absent or null, null if it is no string.</summary>
    private static string? Field(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? ""
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : null;

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
