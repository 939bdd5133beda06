using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// One value of an <c>auths</c> map, as <c>docker login</c>, <c>podman login</c> and kubectl write it, and the credential in it.
/// Rules: DockerConfigEntry of k8s.io/kubernetes/pkg/credentialprovider/config.go (auth wins over username and password),
/// and what the reader of our file takes (container-libs, image/pkg/docker/config: both halves or an identity token).
/// </summary>
internal sealed class AuthEntry : IDisposable
{
    private readonly SecretBuffer _strings = new();
    private readonly SecretBuffer _userPassword = new();
    private readonly SecretBuffer _scratch = new();
    private ReadOnlyMemory<byte> _auth, _username, _password, _identityToken;

    /// <summary><c>user:password</c>, decoded. With an identity token the password, and then the user, may be empty.</summary>
    public ReadOnlySpan<byte> UserPassword => _userPassword.WrittenSpan;

    /// <summary>Empty for most.</summary>
    public ReadOnlySpan<byte> IdentityToken => _identityToken.Span;

    /// <summary>
    /// Whether the entry is spelled so that CRI-O reads the same credential from it: padded standard base64 in <c>auth</c>.
    /// </summary>
    public bool IsCanonical { get; private set; }

    /// <summary>Reads the value at which <paramref name="reader"/> stands and leaves the reader at its end.</summary>
    /// <returns>Null, or why there is no credential in it, without any of its content.</returns>
    public string? Read(ref Utf8JsonReader reader)
    {
        _strings.Clear();
        _userPassword.Clear();
        _auth = _username = _password = _identityToken = default;
        IsCanonical = false;
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return "it is not an object";
        }

        return ReadFields(ref reader) ?? Decode();
    }

    public void Dispose()
    {
        _strings.Dispose();
        _userPassword.Dispose();
        _scratch.Dispose();
    }

    private string? ReadFields(ref Utf8JsonReader reader)
    {
        // The fields point into one buffer, which must not move: together they are no longer than the rest of the document.
        var start = reader;
        start.Skip();
        _strings.Reserve((int)(start.BytesConsumed - reader.BytesConsumed));

        string? fault = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (JsonName.Is(reader, "auth"u8))
            {
                fault ??= ReadString(ref reader, "auth", out _auth);
            }
            else if (JsonName.Is(reader, "username"u8))
            {
                fault ??= ReadString(ref reader, "username", out _username);
            }
            else if (JsonName.Is(reader, "password"u8))
            {
                fault ??= ReadString(ref reader, "password", out _password);
            }
            else if (JsonName.Is(reader, "identitytoken"u8))
            {
                fault ??= ReadString(ref reader, "identitytoken", out _identityToken);
            }

            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                reader.Skip();
            }
        }

        return fault;
    }

    private string? ReadString(ref Utf8JsonReader reader, string name, out ReadOnlyMemory<byte> value)
    {
        value = default;
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            reader.Skip();
            return $"its {name} is not a string";
        }

        try
        {
            value = _strings.CopyString(ref reader);
            return null;
        }
        catch (InvalidOperationException)
        {
            return $"its {name} is not valid UTF-8";
        }
    }

    private string? Decode()
    {
        var fault = _auth.IsEmpty ? FromUsername() : FromAuth();
        if (fault is null || _identityToken.IsEmpty)
        {
            return fault;
        }

        // The token is the credential then. Its reader drops an entry whose _auth has no colon, so one is written beside it.
        _scratch.Clear();
        _scratch.Write(User(_auth.IsEmpty ? _username.Span : _userPassword.WrittenSpan));
        _scratch.Write(":"u8);
        _userPassword.Clear();
        _userPassword.Write(_scratch.WrittenSpan);
        IsCanonical = false;
        return null;
    }

    /// <summary>What stands before the first colon, where a reader of the file ends the user.</summary>
    private static ReadOnlySpan<byte> User(ReadOnlySpan<byte> userPassword)
    {
        var colon = userPassword.IndexOf((byte)':');
        return colon < 0 ? userPassword : userPassword[..colon];
    }

    private string? FromUsername()
    {
        if (_username.IsEmpty || _password.IsEmpty)
        {
            return _username.IsEmpty && _password.IsEmpty ? "there is nothing in it" : "it has only one of username and password";
        }

        if (_username.Span.Contains((byte)':'))
        {
            return "its username has a colon";
        }

        _userPassword.Write(_username.Span);
        _userPassword.Write(":"u8);
        _userPassword.Write(_password.Span);
        return null;
    }

    private string? FromAuth()
    {
        var encoded = _auth.Span;
        _scratch.Clear();
        WriteWithoutLineBreaks(encoded, _scratch);
        var digits = _scratch.WrittenSpan.TrimEnd((byte)'=');
        var length = digits.Length;
        _scratch.Truncate(length);
        _scratch.Write("==="u8[..(-length & 3)]);
        var padded = _scratch.WrittenSpan;
        if (padded.ContainsAny(" \t"u8))
        {
            return "its auth is not base64";
        }

        var status = Base64.DecodeFromUtf8(padded, _userPassword.GetSpan(padded.Length), out _, out var written);
        if (status is not OperationStatus.Done)
        {
            return "its auth is not base64";
        }

        _userPassword.Advance(written);
        var decoded = _userPassword.WrittenSpan;
        var colon = decoded.IndexOf((byte)':');
        if (colon <= 0 || colon == decoded.Length - 1)
        {
            return "its auth does not decode to user:password";
        }

        IsCanonical = encoded.SequenceEqual(padded);
        return null;
    }

    /// <summary>As <c>base64</c> of the shell wraps and ends its lines; Go's decoder passes over line breaks, too.</summary>
    private static void WriteWithoutLineBreaks(ReadOnlySpan<byte> text, SecretBuffer target)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny("\r\n"u8);
            target.Write(end < 0 ? text : text[..end]);
            text = end < 0 ? default : text[(end + 1)..];
        }
    }
}
