using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// One value of an <c>auths</c> map, as <c>docker login</c>, <c>podman login</c> and kubectl write it, and the credential in it.
/// Rules: DockerConfigEntry of k8s.io/kubernetes/pkg/credentialprovider/config.go (auth wins over username and password; either
/// half may be empty, as in a login by token alone), and what the reader of our file takes (container-libs,
/// image/pkg/docker/config, decodeDockerAuth: a colon, and something beside it or an identity token). Both read the JSON with
/// Go's encoding/json: of a repeated name the last counts, but null leaves what was there.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class AuthEntry : IDisposable
{
    /// <summary>A Secret has 1 MiB at most, so no field of one is longer.</summary>
    private const int MaxFieldBytes = 1024 * 1024;

    /// <summary>What is wrong with an entry of a credential store: <c>docker login</c> leaves the key alone.</summary>
    public const string NothingInIt = "there is nothing in it";

    /// <summary>Beyond this much the values that were replaced are let go.</summary>
    private const int MaxStringBytes = 8 * MaxFieldBytes;

    private static ReadOnlySpan<byte> Symbols => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    private readonly SecretBuffer _strings = new();
    private readonly SecretBuffer _userPassword = new();
    private readonly SecretBuffer _scratch = new();
    private Text _auth, _username, _password, _identityToken;
    private string? _fault;

    /// <summary>
    /// <c>user:password</c>, decoded, as the reader of our file takes it; one half may be empty, with an identity token both.
    /// </summary>
    public ReadOnlySpan<byte> UserPassword => _userPassword.WrittenSpan;

    /// <summary>Empty for most.</summary>
    public ReadOnlySpan<byte> IdentityToken => _identityToken.In(_strings);

    /// <summary>
    /// Whether the entry is spelled so that CRI-O reads the same credential from it: standard base64 in <c>auth</c>, padded; line
    /// breaks in it do not matter.
    /// </summary>
    public bool IsCanonical { get; private set; }

    /// <summary>Reads the value at which <paramref name="reader"/> stands and leaves the reader at its end.</summary>
    /// <returns>Null, or why there is no credential in it, without any of its content.</returns>
    public string? Read(ref Utf8JsonReader reader)
    {
        _strings.Clear();
        _userPassword.Clear();
        _auth = _username = _password = _identityToken = default;
        _fault = null;
        IsCanonical = false;
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return "it is not an object";
        }

        ReadJson(ref reader);
        return _fault ?? Decode();
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public void Release()
    {
        _strings.Release();
        _userPassword.Release();
        _scratch.Release();
    }

    public void Dispose() => Release();

    [FromJson("auth")]
    private void TakeAuth(ref Utf8JsonReader reader) => Take(ref reader, "auth", ref _auth);

    [FromJson("username")]
    private void TakeUsername(ref Utf8JsonReader reader) => Take(ref reader, "username", ref _username);

    [FromJson("password")]
    private void TakePassword(ref Utf8JsonReader reader) => Take(ref reader, "password", ref _password);

    [FromJson("identitytoken")]
    private void TakeIdentityToken(ref Utf8JsonReader reader) => Take(ref reader, "identitytoken", ref _identityToken);

    private void Take(ref Utf8JsonReader reader, string name, ref Text value)
    {
        // After a first fault nothing here counts; thousands of bad strings would cost an exception each.
        if (_fault is not null || reader.TokenType is JsonTokenType.Null)
        {
            reader.Skip();
            return;
        }

        if (reader.TokenType is not JsonTokenType.String)
        {
            reader.Skip();
            _fault ??= $"its {name} is not a string";
            return;
        }

        if (reader.ValueSpan.Length > MaxFieldBytes)
        {
            reader.Skip();
            _fault = $"its {name} is longer than 1 MiB";
            return;
        }

        try
        {
            if (_strings.Length > MaxStringBytes)
            {
                LetGoOfReplaced();
            }

            var start = _strings.Length;
            _strings.CopyString(ref reader);
            value = new Text(start, _strings.Length - start);
        }
        catch (InvalidOperationException)
        {
            _fault ??= $"its {name} is not valid UTF-8";
        }
    }

    private void LetGoOfReplaced()
    {
        _scratch.Clear();
        Keep(ref _auth);
        Keep(ref _username);
        Keep(ref _password);
        Keep(ref _identityToken);
        _strings.Clear();
        _strings.Write(_scratch.WrittenSpan);
    }

    private void Keep(ref Text value)
    {
        var start = _scratch.Length;
        _scratch.Write(value.In(_strings));
        value = new Text(start, value.Length);
    }

    private string? Decode()
    {
        var fault = (_auth.IsEmpty ? FromUsername() : FromAuth()) ?? TrimPassword();
        if (fault is null || _identityToken.IsEmpty)
        {
            return fault;
        }

        // The token is the credential then. Its reader drops an entry whose auth has no colon, so one is written beside it.
        IsCanonical &= _userPassword.WrittenSpan.Contains((byte)':');
        _scratch.Clear();
        _scratch.Write(User(_auth.IsEmpty ? _username.In(_strings) : _userPassword.WrittenSpan));
        _scratch.Write(":"u8);
        _userPassword.Clear();
        _userPassword.Write(_scratch.WrittenSpan);
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
        if (_username.IsEmpty && _password.IsEmpty)
        {
            return NothingInIt;
        }

        if (_username.In(_strings).Contains((byte)':'))
        {
            return "its username has a colon";
        }

        _userPassword.Write(_username.In(_strings));
        _userPassword.Write(":"u8);
        _userPassword.Write(_password.In(_strings));
        return null;
    }

    private string? FromAuth()
    {
        _scratch.Clear();
        WriteWithoutLineBreaks(_auth.In(_strings), _scratch);
        var encodedLength = _scratch.Length;
        var length = _scratch.WrittenSpan.TrimEnd((byte)'=').Length;
        _scratch.Truncate(length);
        ClearUnusedBits(_scratch);
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
        IsCanonical = encodedLength == padded.Length;
        var decoded = _userPassword.WrittenSpan;
        if (!decoded.Contains((byte)':'))
        {
            return "its auth does not decode to user:password";
        }

        return decoded.Length > 1 ? null : "its auth decodes to a colon alone, without user and password";
    }

    /// <summary>
    /// The reader of our file takes NULs from both ends of the password (decodeDockerAuth), so they are not written into it.
    /// </summary>
    private string? TrimPassword()
    {
        var colon = _userPassword.WrittenSpan.IndexOf((byte)':');
        var password = _userPassword.WrittenSpan[(colon + 1)..];
        if (password.IsEmpty || (password[0] is not 0 && password[^1] is not 0))
        {
            return null;
        }

        _scratch.Clear();
        _scratch.Write(password.Trim((byte)0));
        _userPassword.Truncate(colon + 1);
        _userPassword.Write(_scratch.WrittenSpan);
        return _userPassword.Length > 1 ? null : "it has no user, and its password is nothing but NUL";
    }

    /// <summary>
    /// The last symbol of a length that is no multiple of four has two or four bits that belong to no byte. Go's decoder passes
    /// over them, whatever they are; ours takes zeros alone.
    /// </summary>
    private static void ClearUnusedBits(SecretBuffer digits)
    {
        var unused = (digits.Length & 3) switch { 2 => 0xF, 3 => 0x3, _ => 0 };
        var value = unused == 0 ? -1 : Symbols.IndexOf(digits.WrittenSpan[^1]);
        if (value >= 0 && (value & unused) != 0)
        {
            digits.Truncate(digits.Length - 1);
            digits.Write(Symbols.Slice(value & ~unused, 1));
        }
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

    /// <summary>A string of the entry: where it stands in the buffer of them all, which moves when it grows.</summary>
    private readonly record struct Text(int Start, int Length)
    {
        public bool IsEmpty => Length == 0;

        public ReadOnlySpan<byte> In(SecretBuffer strings) => strings.WrittenSpan.Slice(Start, Length);
    }
}
