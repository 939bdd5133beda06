using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// One way to authenticate that a server offers: a scheme and its parameters (RFC 9110 section 11). A server writes what it
/// likes, so what cannot be read ends the reading, and what was read before it stays.
/// </summary>
internal sealed class Challenge
{
    private readonly List<(string Name, byte[] Value)> _parameters = [];

    private Challenge(string scheme) => Scheme = scheme;

    /// <summary>In lower case.</summary>
    public string Scheme { get; }

    /// <summary>A parameter without quotes and escapes; empty if it is not there. The last of a name counts.</summary>
    /// <param name="lowerCaseName">Its name.</param>
    public ReadOnlySpan<byte> this[string lowerCaseName]
    {
        get
        {
            for (var i = _parameters.Count - 1; i >= 0; i--)
            {
                if (_parameters[i].Name == lowerCaseName)
                {
                    return _parameters[i].Value;
                }
            }

            return default;
        }
    }

    /// <summary>How many parameters there are, repeated ones included.</summary>
    public int Count => _parameters.Count;

    /// <summary>
    /// Reads one WWW-Authenticate field: a challenge with a list of parameters. Of several in one field the first counts, as for
    /// CRI-O (container-libs, image/docker/wwwauthenticate.go), so that no credential goes where a pull would not send it.
    /// </summary>
    public static void Read(ReadOnlySpan<byte> value, List<Challenge> challenges)
    {
        Challenge? current = null;
        var rest = value;
        while (true)
        {
            rest = rest.TrimStart(" \t,"u8);
            var name = TakeToken(ref rest);
            if (name.IsEmpty)
            {
                return;
            }

            var after = rest.TrimStart(" \t"u8);
            if (current is not null && after.StartsWith((byte)'='))
            {
                rest = after[1..].TrimStart(" \t"u8);
                if (!current.TryTakeValue(LowerCase(name), ref rest))
                {
                    return;
                }
            }
            else if (current is not null)
            {
                return;
            }
            else
            {
                current = new Challenge(LowerCase(name));
                challenges.Add(current);
                if (IsToken68(after, out var length))
                {
                    after = after[length..];
                }

                rest = after;
            }
        }
    }

    private bool TryTakeValue(string name, ref ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith((byte)'"'))
        {
            var token = TakeToken(ref rest);
            if (token.IsEmpty)
            {
                return false;
            }

            _parameters.Add((name, token.ToArray()));
            return true;
        }

        var unquoted = new List<byte>();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] is (byte)'"')
            {
                rest = rest[(i + 1)..];
                _parameters.Add((name, [.. unquoted]));
                return true;
            }

            if (rest[i] is (byte)'\\' && ++i == rest.Length)
            {
                break;
            }

            unquoted.Add(rest[i]);
        }

        return false;
    }

    /// <summary>
    /// Whether what follows a scheme is its one value without a name, as Negotiate has it: it ends at a comma. With an equals
    /// sign and more behind it, it is a parameter.
    /// </summary>
    private static bool IsToken68(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        while (length < text.Length && IsLetterOrDigitOr(text[length], "-._~+/"u8))
        {
            length++;
        }

        if (length == 0)
        {
            return false;
        }

        var padded = text[length..].IndexOfAnyExcept((byte)'=');
        length = padded < 0 ? text.Length : length + padded;
        return text[length..].TrimStart(" \t"u8) is [] or [(byte)',', ..];
    }

    private static ReadOnlySpan<byte> TakeToken(ref ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length && IsLetterOrDigitOr(rest[length], "!#$%&'*+-.^_`|~"u8))
        {
            length++;
        }

        var token = rest[..length];
        rest = rest[length..];
        return token;
    }

    private static bool IsLetterOrDigitOr(byte character, ReadOnlySpan<byte> others) =>
        char.IsAsciiLetterOrDigit((char)character) || others.Contains(character);

    private static string LowerCase(ReadOnlySpan<byte> ascii) => Encoding.ASCII.GetString(ascii).ToLowerInvariant();
}
