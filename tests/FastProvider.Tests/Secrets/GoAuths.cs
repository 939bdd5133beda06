using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.Secrets;

/// <summary>
/// What Go's encoding/json makes of an auth document, which is how kubelet and CRI-O read one: names in any case, the maps of
/// several auths as one, null empties a map and leaves a string, of a repeated name the last counts.
/// </summary>
internal sealed class GoAuths
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    public Dictionary<string, GoEntry> Entries { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Helpers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether Go's decoder refuses the document as a whole for a value somewhere that is of another type.</summary>
    public bool HasWrongType { get; private set; }

    /// <returns>Null if it is no JSON object, or if what should be the map of entries is something else.</returns>
    public static GoAuths? Read(ReadOnlyMemory<byte> json, bool isFlatMap = false)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var auths = new GoAuths();
            return document.RootElement.ValueKind is JsonValueKind.Object
                && (isFlatMap ? auths.TakeEntries(document.RootElement) : auths.TakeDocument(document.RootElement))
                ? auths
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A name, or null if it is no Unicode.</summary>
    public static string? NameOf(JsonProperty member)
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

    private bool TakeDocument(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (Is(member, "auths") && !TakeEntries(member.Value))
            {
                return false;
            }

            if (Is(member, "credHelpers"))
            {
                TakeHelpers(member.Value);
            }
        }

        return true;
    }

    private bool TakeEntries(JsonElement map)
    {
        if (map.ValueKind is not JsonValueKind.Object)
        {
            Entries.Clear();
            return map.ValueKind is JsonValueKind.Null;
        }

        foreach (var member in map.EnumerateObject())
        {
            if (NameOf(member) is { } key)
            {
                var entry = GoEntry.Read(member.Value);
                Entries[key] = entry;
                HasWrongType |= entry.HasWrongType;
            }
        }

        return true;
    }

    private void TakeHelpers(JsonElement map)
    {
        if (map.ValueKind is not JsonValueKind.Object)
        {
            Helpers.Clear();
            HasWrongType |= map.ValueKind is not JsonValueKind.Null;
            return;
        }

        foreach (var member in map.EnumerateObject())
        {
            HasWrongType |= member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null);
            if (NameOf(member) is { } host)
            {
                Helpers[host] = member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString()! : "";
            }
        }
    }

    public static bool Is(JsonProperty member, string name) =>
        string.Equals(NameOf(member), name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One entry of the map.</summary>
internal sealed record GoEntry(
    bool IsObject, bool HasWrongType, string Auth, string Username, string Password, string IdentityToken)
{
    public static GoEntry Read(JsonElement value)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["auth"] = "", ["username"] = "", ["password"] = "", ["identitytoken"] = "",
        };
        var isObject = value.ValueKind is JsonValueKind.Object;
        var isWrong = !isObject && value.ValueKind is not JsonValueKind.Null;
        foreach (var member in isObject ? value.EnumerateObject() : default)
        {
            if (GoAuths.NameOf(member) is { } name
                && fields.ContainsKey(name)
                && member.Value.ValueKind is not JsonValueKind.Null)
            {
                isWrong |= !TryGetString(member.Value, out var text);
                fields[name] = text;
            }
        }

        return new GoEntry(isObject, isWrong, fields["auth"], fields["username"], fields["password"], fields["identitytoken"]);
    }

    private static bool TryGetString(JsonElement value, out string text)
    {
        text = "";
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>Go's base64.StdEncoding, bit by bit: line breaks do not count, spare bits of the last symbol may be set.</summary>
internal static class GoBase64
{
    private const string Symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <returns>The bytes as Latin-1, or null.</returns>
    public static string? Decode(string text, bool isPaddingFree = false)
    {
        var plain = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var digits = plain.TrimEnd('=');
        var isPadded = plain.Length - digits.Length == (4 - (digits.Length % 4)) % 4;
        if (!(isPadded || isPaddingFree)
            || digits.Length % 4 == 1
            || digits.Any(c => !Symbols.Contains(c, StringComparison.Ordinal)))
        {
            return null;
        }

        var bits = string.Concat(
            digits.Select(c => Convert.ToString(Symbols.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(6, '0')));
        var decoded = new StringBuilder();
        for (var at = 0; at + 8 <= bits.Length; at += 8)
        {
            decoded.Append((char)Convert.ToByte(bits.Substring(at, 8), 2));
        }

        return decoded.ToString();
    }
}
