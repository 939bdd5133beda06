using System;
using System.Buffers.Text;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>One request to a registry or its token server. Dispose it: it may hold a credential.</summary>
internal sealed class RegistryRequest : IDisposable
{
    private readonly SecretBuffer _authorization = new();
    private readonly SecretBuffer _form = new();

    /// <summary>Such a request goes to the one address that it was made for, and follows no redirect.</summary>
    public bool IsConfidential => _authorization.Length > 0 || _form.Length > 0;

    /// <summary>The body is wanted; otherwise only the word for an error in it.</summary>
    public bool WantsBody { get; init; }

    /// <summary>Adds <c>user:password</c> (RFC 7617).</summary>
    public RegistryRequest WithBasic(ReadOnlySpan<byte> userPassword)
    {
        _authorization.Write("Basic "u8);
        Base64.EncodeToUtf8(
            userPassword, _authorization.GetSpan(Base64.GetMaxEncodedToUtf8Length(userPassword.Length)), out _, out var written);
        _authorization.Advance(written);
        return this;
    }

    /// <summary>Adds a token that was checked for characters that do not belong in a header.</summary>
    public RegistryRequest WithBearer(ReadOnlySpan<byte> token)
    {
        _authorization.Write("Bearer "u8);
        _authorization.Write(token);
        return this;
    }

    /// <summary>Adds a field to the form of a POST (application/x-www-form-urlencoded).</summary>
    public RegistryRequest WithField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _form.Write(_form.Length == 0 ? default : "&"u8);
        _form.Write(name);
        _form.Write("="u8);
        AppendEscaped(_form, value);
        return this;
    }

    /// <summary>Writes it for an address.</summary>
    public void WriteTo(SecretBuffer bytes, WebAddress address)
    {
        bytes.Write(_form.Length > 0 ? "POST "u8 : "GET "u8);
        bytes.WriteText(address.Target);
        bytes.Write(" HTTP/1.1\r\nHost: "u8);
        bytes.WriteText(address.Authority);
        bytes.Write("\r\nUser-Agent: fast-provider/"u8);
        bytes.WriteText(BuildVersion.Value);
        bytes.Write("\r\nDocker-Distribution-Api-Version: registry/2.0\r\nConnection: close"u8);
        if (_authorization.Length > 0)
        {
            bytes.Write("\r\nAuthorization: "u8);
            bytes.Write(_authorization.WrittenSpan);
        }

        if (_form.Length > 0)
        {
            bytes.Write("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "u8);
            bytes.WriteNumber(_form.Length);
        }

        bytes.Write("\r\n\r\n"u8);
        bytes.Write(_form.WrittenSpan);
    }

    /// <summary>Any bytes as the value of a query (RFC 3986 section 2.1).</summary>
    public static string Escaped(ReadOnlySpan<byte> value)
    {
        using var escaped = new SecretBuffer();
        AppendEscaped(escaped, value);
        return Encoding.ASCII.GetString(escaped.WrittenSpan);
    }

    public void Dispose()
    {
        _authorization.Dispose();
        _form.Dispose();
    }

    private static void AppendEscaped(SecretBuffer to, ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            var target = to.GetSpan(3);
            if (char.IsAsciiLetterOrDigit((char)octet) || "-._~"u8.Contains(octet))
            {
                target[0] = octet;
                to.Advance(1);
            }
            else
            {
                target[0] = (byte)'%';
                target[1] = "0123456789ABCDEF"u8[octet >> 4];
                target[2] = "0123456789ABCDEF"u8[octet & 0xF];
                to.Advance(3);
            }
        }
    }
}
