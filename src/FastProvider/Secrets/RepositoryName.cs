using System;

namespace FastProvider.Secrets;

/// <summary>An endpoint's repository, taken apart for the comparison with registry keys: host, port and path.</summary>
internal readonly struct RepositoryName
{
    private readonly ReadOnlyMemory<byte> _name;
    private readonly int _hostLength;
    private readonly int _authorityLength;

    /// <param name="name">A full repository name: <c>host[:port]/path</c>.</param>
    public RepositoryName(ReadOnlyMemory<byte> name)
    {
        _name = name;
        var slash = name.Span.IndexOf((byte)'/');
        _authorityLength = slash < 0 ? name.Length : slash;
        _hostLength = HostLength(name.Span[.._authorityLength]);
    }

    public ReadOnlyMemory<byte> Name => _name;

    public ReadOnlySpan<byte> Host => _name.Span[.._hostLength];

    /// <summary>With its colon, or empty.</summary>
    public ReadOnlySpan<byte> Port => _name.Span[_hostLength.._authorityLength];

    /// <summary>What stands before the first slash.</summary>
    public ReadOnlySpan<byte> Authority => _name.Span[.._authorityLength];

    /// <summary>Without the slash after the authority.</summary>
    public ReadOnlySpan<byte> Path => _authorityLength == _name.Length ? default : _name.Span[(_authorityLength + 1)..];

    /// <summary>Where the host of <c>host[:port]</c> ends; the colons inside an IPv6 literal's brackets do not count.</summary>
    public static int HostLength(ReadOnlySpan<byte> authority)
    {
        var colon = authority.LastIndexOf((byte)':');
        return colon < 0 || authority[colon..].Contains((byte)']') ? authority.Length : colon;
    }
}
