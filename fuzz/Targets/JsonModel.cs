using System.Text.Json;

namespace FastProvider.Fuzz.Targets;

/// <summary>A JSON text by System.Text.Json's document model, and whether readers may differ about it.</summary>
internal sealed class JsonModel : IDisposable
{
    /// <summary>Go's decoder takes names in any case; kubelet and CRI-O read auth documents with it.</summary>
    private static readonly HashSet<string> NamesInAnyCase =
        new(["auths", "auth", "username", "password", "identitytoken", "credHelpers"], StringComparer.OrdinalIgnoreCase);

    private readonly JsonDocument _document;

    private JsonModel(JsonDocument document) => _document = document;

    public JsonElement Root => _document.RootElement;

    /// <returns>Null for what is no JSON text, or nested deeper.</returns>
    public static JsonModel? Parse(ReadOnlyMemory<byte> json, int maxDepth)
    {
        try
        {
            return new JsonModel(JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth }));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether some name is there twice in one object or in another case than it should be, or some name or string is no Unicode
    /// (a lone surrogate's escape, or bytes that are no UTF-8). Such documents are valid by JSON's grammar, but readers differ.
    /// </summary>
    public bool IsOdd => IsOddElement(Root);

    /// <summary>As <see cref="IsOdd"/>, of a part of a document.</summary>
    public static bool IsOddElement(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return TextOf(element) is null;
            case JsonValueKind.Array:
                return element.EnumerateArray().Any(IsOddElement);
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                {
                    if (NameOf(member) is not { } name || !names.Add(name) || IsInAnotherCase(name) || IsOddElement(member.Value))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    public void Dispose() => _document.Dispose();

    /// <summary>The decoded string; null if it is no Unicode.</summary>
    public static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // The two letters beyond ASCII that fold to one within it.
    private static bool IsInAnotherCase(string name) =>
        name.IndexOfAny(['\u017f', '\u212a']) >= 0 || (NamesInAnyCase.TryGetValue(name, out var exact) && exact != name);

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
