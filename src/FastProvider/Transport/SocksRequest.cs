using System;
using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// The request CONNECT of SOCKS5 (RFC 1928), with user and password (RFC 1929) where the proxy wants them. As in Go
/// (golang.org/x/net/internal/socks) the name goes to the proxy, which resolves it; an address goes as an address.
/// </summary>
internal sealed class SocksRequest(ProxyServer proxy, ByteStream stream, Deadline deadline)
{
    private const byte Version = 5, LoginVersion = 1, NoLogin = 0, UserAndPassword = 2, NothingAcceptable = 0xFF;
    private const byte ConnectCommand = 1, IPv4 = 1, Name = 3, IPv6 = 4;
    private const int MaxField = 255;

    /// <param name="host">A name or a literal without brackets.</param>
    /// <param name="port">Its port.</param>
    public ConnectionFault? Connect(string host, int port) => Greet() ?? Ask(host, port) ?? ReadReply();

    private ConnectionFault? Greet()
    {
        ReadOnlySpan<byte> greeting = proxy.HasLogin ? [Version, 2, NoLogin, UserAndPassword] : [Version, 1, NoLogin];
        Span<byte> choice = stackalloc byte[2];
        if ((stream.Write(greeting, deadline) ?? ReadAll(choice)) is { } fault)
        {
            return fault;
        }

        return (choice[0], choice[1]) switch
        {
            (not Version, _) => NoSocks(),
            (_, NoLogin) => null,
            (_, UserAndPassword) when proxy.HasLogin => LogIn(),
            (_, NothingAcceptable or UserAndPassword) => Refused(proxy.HasLogin
                ? $"it takes no user and password as {proxy.Origin} has them"
                : $"it wants a login; write USER:PASSWORD@ before the host in {proxy.Origin}, percent-encoded"),
            _ => NoSocks(),
        };
    }

    private ConnectionFault? LogIn()
    {
        var user = proxy.User;
        var password = proxy.Password;
        if (user.Length is 0 or > MaxField || password.Length > MaxField)
        {
            return Refused($"it wants a login, and user and password of {proxy.Origin}"
                + " have no length that SOCKS5 takes (1 to 255 bytes)");
        }

        Span<byte> request = stackalloc byte[3 + (2 * MaxField)];
        request[0] = LoginVersion;
        request[1] = (byte)user.Length;
        user.CopyTo(request[2..]);
        request[2 + user.Length] = (byte)password.Length;
        password.CopyTo(request[(3 + user.Length)..]);
        var unsent = stream.Write(request[..(3 + user.Length + password.Length)], deadline);
        CryptographicOperations.ZeroMemory(request);
        Span<byte> answer = stackalloc byte[2];
        if ((unsent ?? ReadAll(answer)) is { } fault)
        {
            return fault;
        }

        return answer[0] != LoginVersion ? NoSocks()
            : answer[1] != 0 ? Refused($"it does not accept the user and password of {proxy.Origin}")
            : null;
    }

    private ConnectionFault? Ask(string host, int port)
    {
        Span<byte> request = stackalloc byte[4 + 1 + MaxField + 2];
        request[0] = Version;
        request[1] = ConnectCommand;
        request[2] = 0;
        int length;
        if (IPAddress.TryParse(host, out var address) && address.TryWriteBytes(request[4..], out var bytes))
        {
            request[3] = bytes == 4 ? IPv4 : IPv6;
            length = 4 + bytes;
        }
        else if (host.Length > MaxField)
        {
            return Refused("the API server's name is longer than SOCKS5 takes (255 bytes)");
        }
        else
        {
            request[3] = Name;
            request[4] = (byte)host.Length;
            length = 5 + Encoding.ASCII.GetBytes(host, request[5..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(request[length..], (ushort)port);
        return stream.Write(request[..(length + 2)], deadline);
    }

    private ConnectionFault? ReadReply()
    {
        // Version, reply, reserved, kind of the address, and its first byte, which is the length of a name.
        Span<byte> reply = stackalloc byte[5];
        if (ReadAll(reply[..4]) is { } unread)
        {
            return unread;
        }

        if (reply[0] != Version)
        {
            return NoSocks();
        }

        if (reply[1] != 0)
        {
            return Explain(reply[1]);
        }

        if (reply[3] is not (IPv4 or IPv6 or Name) || reply[2] != 0)
        {
            return NoSocks();
        }

        if (ReadAll(reply[4..]) is { } cut)
        {
            return cut;
        }

        Span<byte> rest = stackalloc byte[MaxField + 2];
        var more = reply[3] switch
        {
            IPv4 => 4 - 1,
            IPv6 => 16 - 1,
            _ => reply[4],
        };
        return ReadAll(rest[..(more + 2)]);
    }

    private static ConnectionFault Explain(byte reply) => reply switch
    {
        1 => new ConnectionFault(FaultKind.Broken, "it failed (SOCKS5 reply 1)"),
        2 => Refused("its rules do not allow the API server (SOCKS5 reply 2)"),
        3 => new ConnectionFault(FaultKind.Unreachable, "it finds the network unreachable (SOCKS5 reply 3)"),
        4 => new ConnectionFault(FaultKind.Unreachable, "it cannot resolve or reach the API server (SOCKS5 reply 4)"),
        5 => new ConnectionFault(FaultKind.Unreachable, "the API server refused its connection (SOCKS5 reply 5)"),
        6 => new ConnectionFault(FaultKind.Unreachable, "it timed out (SOCKS5 reply 6)"),
        _ => Refused($"it refuses the tunnel (SOCKS5 reply {reply})"),
    };

    private ConnectionFault? ReadAll(Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            if (stream.Read(into, deadline, out var count) is { } fault)
            {
                return fault;
            }

            if (count == 0)
            {
                return new ConnectionFault(FaultKind.Broken, "it closed the connection");
            }

            into = into[count..];
        }

        return null;
    }

    private static ConnectionFault Refused(string what) => new(FaultKind.Refused, what);

    private static ConnectionFault NoSocks() => new(FaultKind.Untrusted, "it does not speak SOCKS5");
}
