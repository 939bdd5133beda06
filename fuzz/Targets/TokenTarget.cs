using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Native;
using FastProvider.Token;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// The claims of a token, against a document model of its payload. An input that begins with a brace is a payload, which
/// is encoded first: the guided search would seldom find its way through base64url.
/// </summary>
internal static partial class TokenTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        var isPayload = input.Span.StartsWith("{"u8);
        var token = isPayload ? (byte[])[.. "e30."u8, .. Base64Url.EncodeToUtf8(input.Span), .. ".c2ln"u8] : null;
        using var values = new SecretBuffer();
        var failure = TokenClaims.Read(token is null ? input.Span : token, values, out var claims);
        Law.IsOneLine(failure?.Message);
        var text = Encoding.Latin1.GetString(token is null ? input.Span : token);
        var payload = PayloadOf(text);
        var isOne = payload is not null && text.Length <= 131_072;
        using var model = isOne ? JsonModel.Parse(payload, maxDepth: 16) : null;
        if (model is null || model.Root.ValueKind is not JsonValueKind.Object)
        {
            Law.Holds(failure is not null, "without three segments and a JSON object in the second there are no claims");
        }
        else if (!model.IsOdd)
        {
            Law.Same(Expected(model.Root), failure is null ? Read(claims) : null, "the claims are those of the document model");
        }
    }

    /// <summary>By .NET's other decoder, for standard base64, and a regular expression.</summary>
    private static byte[]? PayloadOf(string token)
    {
        if (Compact().Match(token) is not { Success: true } match)
        {
            return null;
        }

        var digits = match.Groups[1].Value.Replace('-', '+').Replace('_', '/');
        try
        {
            return Convert.FromBase64String(digits.PadRight((digits.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Read(in TokenClaims claims) => string.Join(
        '\n', Text(claims.Namespace), Text(claims.ServiceAccount), Text(claims.Pod), Text(claims.Audiences), Text(claims.Issuer),
        claims.ExpiresAtUnixSeconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>The claims in the same form; null if one is not of its type or the namespace is no label.</summary>
    private static string? Expected(JsonElement root)
    {
        string?[] claims =
        [
            Claim(root, "kubernetes.io", "namespace"), Claim(root, "kubernetes.io", "serviceaccount", "name"),
            Claim(root, "kubernetes.io", "pod", "name"), Audiences(root), Claim(root, "iss"), Expiry(root),
        ];
        return claims.Contains(null) || !Label().IsMatch(claims[0]!) ? null : string.Join('\n', claims);
    }

    private static string? Claim(JsonElement element, params ReadOnlySpan<string> path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (element.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            if (!element.TryGetProperty(path[i], out element))
            {
                return "";
            }
        }

        return Text(element);
    }

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Null => "",
        _ => null,
    };

    private static string? Audiences(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var audiences) || audiences.ValueKind is not JsonValueKind.Array)
        {
            return Claim(root, "aud");
        }

        // A comma stands between what is there already and what follows: empty audiences at the start leave no trace.
        var joined = "";
        foreach (var audience in audiences.EnumerateArray())
        {
            if (Text(audience) is not { } text)
            {
                return null;
            }

            joined = joined.Length > 0 ? $"{joined},{text}" : text;
        }

        return joined;
    }

    /// <summary>Whole seconds; a number beyond any date is compared no further.</summary>
    private static string? Expiry(JsonElement root)
    {
        if (!root.TryGetProperty("exp", out var expiry))
        {
            return "0";
        }

        if (expiry.ValueKind is not JsonValueKind.Number)
        {
            return null;
        }

        var seconds = expiry.TryGetInt64(out var whole) ? whole : expiry.TryGetDouble(out var real) ? (long)real : 0;
        return seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    // RFC 7515, section 7.1, as far as the payload is concerned: the other two may hold any such characters.
    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\z")]
    private static partial Regex Compact();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
