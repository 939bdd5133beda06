using System.Buffers.Text;
using FastProvider.Secrets;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// An auth document in both of its forms: against a document model, and read whole against read from a Secret that comes in
/// pieces.
/// </summary>
internal static class DockerConfigTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        Compare(input, isFlatMap: false);
        Compare(input, isFlatMap: true);
    }

    private static void Compare(ReadOnlyMemory<byte> input, bool isFlatMap)
    {
        using var direct = new Endpoints();
        var fault = direct.Document.Read(input.Span, isFlatMap, new CredentialSource("s"u8.ToArray(), 0));
        Law.Holds(fault is null || direct.Found == "-\n-\n-", "a document that is refused offers nothing");
        Law.IsOneLine(direct.Warnings.ToString());

        using var model = JsonModel.Parse(input, maxDepth: 1000);
        var auths = new AuthModel();
        if (model is null)
        {
            Law.Holds(fault is not null, "what is no JSON is refused");
        }
        else if (!model.IsOdd)
        {
            var isDocument = auths.TryAdd(model.Root, isFlatMap);
            Law.Holds(isDocument == fault is null, "a document is refused if the document model says so");
            Law.Holds(auths.IsUnsure || direct.Found == Endpoints.Expected(auths), "the choice is that of the document model");
        }

        CompareWithPieces(input, isFlatMap, direct, fault);
    }

    private static void CompareWithPieces(ReadOnlyMemory<byte> input, bool isFlatMap, Endpoints direct, string? fault)
    {
        var type = isFlatMap ? "dockercfg"u8 : "dockerconfigjson"u8;
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(input.Length)];
        Base64.EncodeToUtf8(input.Span, encoded, out _, out _);
        byte[] list =
        [
            (byte)(1 + (input.Length % 97)), (byte)(input.Length % 7),
            .. """{"kind":"SecretList","items":[{"metadata":{"name":"s"},"type":"kubernetes.io/"""u8, .. type,
            .. "\",\"data\":{\"."u8, .. type, .. "\":\""u8, .. encoded, .. "\"}}]}"u8,
        ];
        Law.Holds(Pieces.TryRead(list, out var pieces), "the sizes are there");
        using var fromList = new Endpoints();
        Law.Same("whole 1", SecretLists.Read(fromList, pieces.All()), "a Secret with any document is part of its list");
        Law.Same(direct.Found, fromList.Found, "a document that comes in pieces is the document");
        Law.Holds(
            fromList.Warnings.Count == direct.Warnings.Count + (fault is null ? 0 : 1),
            "a document in pieces warns as the document does");
    }
}
