using System;
using System.Globalization;
using FastProvider.Names;

namespace FastProvider.Metrics;

/// <summary>Where metrics are to be had: an address of this node and a port.</summary>
internal readonly struct MetricsAddress
{
    private MetricsAddress(string host, int port) => (Host, Port) = (host, port);

    /// <summary>A literal, without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>
    /// Reads <c>127.0.0.1:9477</c> or <c>[::1]:9477</c>. No names: a node's own name need not be its own address.
    /// </summary>
    public static bool TryParse(string text, out MetricsAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is 0 or > ushort.MaxValue)
        {
            return false;
        }

        var isBracketed = text[0] == '[' && text[colon - 1] == ']';
        var host = isBracketed ? text[1..(colon - 1)] : text[..colon];
        if (!IpLiteral.TryParse(host, out _) || host.Contains(':', StringComparison.Ordinal) != isBracketed)
        {
            return false;
        }

        address = new MetricsAddress(host, port);
        return true;
    }

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
