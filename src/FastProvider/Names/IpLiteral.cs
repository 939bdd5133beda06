using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FastProvider.Names;

/// <summary>
/// An IP address as Go's net.ParseIP reads it: IPv4 only as four decimal numbers without leading zeros, IPv6 without zone; an
/// IPv4 address and its IPv4-mapped IPv6 form are the same. Strings that only .NET takes for addresses ("1", "0x7f.1") stay
/// names.
/// </summary>
internal readonly struct IpLiteral
{
    private const int IPv4PrefixBits = 96;
    private const ulong IPv4Mapped = 0xFFFF;

    private readonly UInt128 _bits;

    private IpLiteral(UInt128 bits) => _bits = bits;

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (byte)(_bits >> 24) == 127 : _bits == 1;

    private bool IsIPv4 => _bits >> 32 == IPv4Mapped;

    /// <summary>Reads an address.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpLiteral address)
    {
        address = default;
        if (text.Contains(':'))
        {
            Span<byte> bytes = stackalloc byte[16];
            if (text.IndexOfAny('%', '/', '[') >= 0 || !IPAddress.TryParse(text, out var parsed)
                || parsed.AddressFamily != AddressFamily.InterNetworkV6 || !parsed.TryWriteBytes(bytes, out _))
            {
                return false;
            }

            address = new IpLiteral(BinaryPrimitives.ReadUInt128BigEndian(bytes));
            return true;
        }

        uint bits = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            if (++parts > 4 || !TryNumber(text[range], byte.MaxValue, out var part))
            {
                return false;
            }

            bits = (bits << 8) | (uint)part;
        }

        address = new IpLiteral(((UInt128)IPv4Mapped << 32) | bits);
        return parts == 4;
    }

    /// <summary>Reads a network, <c>address/bits</c>.</summary>
    public static bool TryParseNetwork(ReadOnlySpan<char> text, out IpLiteral network, out int prefixBits)
    {
        network = default;
        prefixBits = 0;
        var slash = text.IndexOf('/');
        if (slash < 0 || !TryParse(text[..slash], out network))
        {
            return false;
        }

        var hasColon = text[..slash].Contains(':');
        // net.ParseCIDR takes zeros before the bits (10.0.0.0/08), and not before the numbers of the address.
        var bits = text[(slash + 1)..];
        var digits = bits.TrimStart('0');
        if (bits.IsEmpty || !TryNumber(digits.IsEmpty ? "0" : digits, hasColon ? 128 : 32, out prefixBits))
        {
            return false;
        }

        prefixBits += hasColon ? 0 : IPv4PrefixBits;
        return true;
    }

    /// <summary>Whether both are the same address.</summary>
    public bool Is(IpLiteral other) => _bits == other._bits;

    /// <summary>Whether this address lies in a network. An IPv6 network such as ::/0 holds no IPv4 address, as in Go.</summary>
    public bool IsIn(IpLiteral network, int prefixBits) =>
        (!IsIPv4 || prefixBits >= IPv4PrefixBits)
        && (prefixBits == 0 || (_bits ^ network._bits) >> (128 - prefixBits) == UInt128.Zero);

    private static bool TryNumber(ReadOnlySpan<char> text, int most, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit) || (number = (number * 10) + digit - '0') > most)
            {
                return false;
            }
        }

        return text is ['0'] or [not '0', ..];
    }
}
