using System.Text.Json;

namespace FastProvider.Fuzz.Targets;

/// <summary>A SecretList that comes in pieces, against the whole and against a document model.</summary>
internal static class SecretListTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        if (!Pieces.TryRead(input, out var pieces))
        {
            return;
        }

        var whole = Read([pieces.Text], out var warnings);
        Law.Same(whole, Read(pieces.All(), out var warningsOfPieces), "a list in pieces is the list");
        Law.Holds(whole == "none" || warnings == warningsOfPieces, "a list in pieces warns as the list does");

        // Deeper lists than the reader's bound may be refused; how deep that is is not this target's to say.
        using var model = JsonModel.Parse(pieces.Text, maxDepth: 64);
        if (model is null)
        {
            using var deeper = JsonModel.Parse(pieces.Text, maxDepth: 10_000);
            Law.Holds(deeper is not null || whole == "none", "what is no JSON is no list");
        }
        else if (!model.IsOdd && Expected(model.Root) is { } expected)
        {
            Law.Same(expected, whole, "the list is that of the document model");
        }
    }

    private static string Read(IEnumerable<ReadOnlyMemory<byte>> pieces, out string warnings)
    {
        using var endpoints = new Endpoints();
        var read = SecretLists.Read(endpoints, pieces);
        warnings = endpoints.Warnings.ToString();
        // A list that is none in the end may have offered something by then: its reader's caller forgets it.
        return read == "none" ? read : $"{read}\n{endpoints.Found}";
    }

    /// <returns>What is to be read, or null where readers may differ.</returns>
    private static string? Expected(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object || Text(root, "kind") is not "SecretList")
        {
            return "none";
        }

        // A list that goes on elsewhere is not the whole; whether that is looked at is not this target's to say.
        if (Member(root, "metadata") is { } list && Text(list, "continue") is { Length: > 0 })
        {
            return null;
        }

        var auths = new AuthModel();
        var count = 0;
        if (root.TryGetProperty("items", out var items) && items.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in items.EnumerateArray())
            {
                if (item.ValueKind is not JsonValueKind.Object)
                {
                    return "none";
                }

                count++;
                if (!TryOffer(item, auths))
                {
                    return null;
                }
            }
        }

        return auths.IsUnsure ? null : $"whole {count}\n{Endpoints.Expected(auths)}";
    }

    /// <returns>False if the Secret's document is one that readers may take differently.</returns>
    private static bool TryOffer(JsonElement secret, AuthModel auths)
    {
        var type = Text(secret, "type");
        var isLegacy = type is "kubernetes.io/dockercfg";
        if (!isLegacy && type is not ("kubernetes.io/dockerconfigjson" or "kubernetes.io/podmanconfigjson")
            || Member(secret, "metadata") is not { } metadata || Text(metadata, "name") is not { Length: > 0 } name
            || Member(secret, "data") is not { } data)
        {
            return true;
        }

        string? encoded = null;
        foreach (var member in data.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.String
                && (isLegacy ? member.Name is ".dockercfg" : member.Name is ".dockerconfigjson" or ".podmanconfigjson"))
            {
                encoded = member.Value.GetString();
            }
        }

        if (encoded is null || Decode(encoded) is not { } bytes)
        {
            return true;
        }

        using var document = JsonModel.Parse(bytes, maxDepth: 1000);
        // The API server writes base64 in one form; what other forms are worth is not this target's to say.
        if (document is { IsOdd: true } || Convert.ToBase64String(bytes) != encoded)
        {
            return false;
        }

        if (document is not null)
        {
            // One that is refused offers nothing.
            auths.TryAdd(document.Root, isLegacy, name, CreatedAt(metadata));
        }

        return true;
    }

    private static byte[]? Decode(string encoded)
    {
        try
        {
            return Convert.FromBase64String(encoded);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static long CreatedAt(JsonElement metadata) =>
        metadata.TryGetProperty("creationTimestamp", out var value) && value.ValueKind is JsonValueKind.String
            && value.TryGetDateTimeOffset(out var created)
                ? created.ToUnixTimeSeconds()
                : 0;

    private static JsonElement? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
