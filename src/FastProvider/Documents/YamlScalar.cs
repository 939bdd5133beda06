using System;
using System.Text;

namespace FastProvider.Documents;

/// <summary>
/// What a scalar of YAML is. Kubernetes reads its files by the rules of YAML 1.1 as go-yaml's second version has them
/// (its file resolve.go, in sigs.k8s.io/yaml): yes and on are true, 010 is eight, and a sexagesimal number is text.
/// </summary>
internal static class YamlScalar
{
    private const string Tags = "tag:yaml.org,2002:";

    /// <summary>The type of a scalar.</summary>
    /// <param name="text">The scalar.</param>
    /// <param name="isPlain">Whether it has neither quotes nor is a block of lines.</param>
    /// <param name="tag">Its tag, spelled out; null if it has none.</param>
    /// <param name="type">The type: text for each tag that is not one of YAML's own.</param>
    /// <returns>False if a tag does not fit what it stands before.</returns>
    public static bool TryResolve(string text, bool isPlain, string? tag, out ScalarType type)
    {
        type = ScalarType.Text;
        if (tag is null)
        {
            type = isPlain ? Resolve(text) : ScalarType.Text;
            return true;
        }

        switch (tag.StartsWith(Tags, StringComparison.Ordinal) ? tag[Tags.Length..] : "")
        {
            case "int":
                return (type = Resolve(text)) is ScalarType.Integer;
            case "float" when Resolve(text) is ScalarType.Integer or ScalarType.Float:
                type = ScalarType.Float;
                return true;
            case "float":
                return false;
            case "bool":
                return (type = Resolve(text)) is ScalarType.Truth;
            case "null":
                return (type = Resolve(text)) is ScalarType.Null;
            default:
                return true;
        }
    }

    /// <summary>Whether the tag says that the scalar is base64 of what is meant.</summary>
    public static bool IsBinary(string? tag) => tag is $"{Tags}binary";

    /// <summary>Whether the tag makes a merge key of the scalar before which it stands, in quotes or not.</summary>
    public static bool IsMerge(string tag) => tag is "!" or $"{Tags}merge";

    /// <summary>
    /// Replaces what stands behind such a tag by what it means; what is no UTF-8 in that is not kept, as in JSON.
    /// </summary>
    public static bool TryDecode(ref byte[] text)
    {
        try
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Convert.FromBase64String(Encoding.UTF8.GetString(text))));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The value of a truth.</summary>
    public static bool IsTrue(ReadOnlySpan<byte> truth) => truth is [(byte)'y' or (byte)'Y' or (byte)'t' or (byte)'T', ..]
        or [(byte)'o' or (byte)'O', (byte)'n' or (byte)'N'];

    private static ScalarType Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON"
            or "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF" => ScalarType.Truth,
        ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF"
            or "-.inf" or "-.Inf" or "-.INF" => ScalarType.Float,
        _ when char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' => Number(text.Replace("_", "", StringComparison.Ordinal)),
        _ when text[0] is '.' && IsDecimal(text) => ScalarType.Float,
        _ => ScalarType.Text,
    };

    private static ScalarType Number(string text)
    {
        var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        var radix = digits switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'b' or 'B', ..] => 2,
            ['0', _, ..] => 8,
            _ => 10,
        };
        var prefix = digits is ['0', 'x' or 'X' or 'b' or 'B' or 'o' or 'O', ..] ? 2 : 0;
        return IsInteger(digits[prefix..], radix) ? ScalarType.Integer : IsDecimal(text) ? ScalarType.Float : ScalarType.Text;
    }

    // 64 bits, with or without a sign.
    private static bool IsInteger(ReadOnlySpan<char> digits, int radix)
    {
        UInt128 value = 0;
        foreach (var digit in digits)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (number >= radix || (value = (value * (uint)radix) + (uint)number) > ulong.MaxValue)
            {
                return false;
            }
        }

        return !digits.IsEmpty;
    }

    // A sign, digits with a point among or around them, an exponent.
    private static bool IsDecimal(string text)
    {
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        var whole = PassDigits(ref rest);
        var fraction = 0;
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            fraction = PassDigits(ref rest);
        }

        if (whole + fraction > 0 && rest is ['e' or 'E', ..])
        {
            rest = rest[(rest is [_, '+' or '-', ..] ? 2 : 1)..];
            return PassDigits(ref rest) > 0 && rest.IsEmpty;
        }

        return whole + fraction > 0 && rest.IsEmpty;
    }

    private static int PassDigits(ref ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            count++;
        }

        text = text[count..];
        return count;
    }
}
