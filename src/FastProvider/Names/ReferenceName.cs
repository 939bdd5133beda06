using System;
using System.Buffers;

namespace FastProvider.Names;

/// <summary>
/// The grammar of image names without tag and digest, on UTF-8. Source: the reference package of go.podman.io/image
/// (docker/reference: regexp.go, normalize.go), which registries.conf is checked against.
/// </summary>
internal static class ReferenceName
{
    /// <summary>The longest name in bytes that the reference parser takes.</summary>
    public const int MaxLength = 255;

    private static readonly SearchValues<byte> DomainMarks = SearchValues.Create(".:"u8);

    /// <summary>
    /// Whether <paramref name="name"/> is a repository name in canonical form: it names its registry, and normalising it
    /// changes nothing (<c>docker.io/foo</c> and <c>index.docker.io/library/foo</c> are refused, <c>docker.io/library/foo</c> is
    /// taken).
    /// </summary>
    public static bool IsCanonical(ReadOnlySpan<byte> name)
    {
        var slash = name.IndexOf((byte)'/');
        if (slash < 0 || name.Length > MaxLength)
        {
            return false;
        }

        var host = name[..slash];
        var path = name[(slash + 1)..];
        return NamesRegistry(host)
            && !host.SequenceEqual("index.docker.io"u8)
            && !(host.SequenceEqual("docker.io"u8) && path.IndexOf((byte)'/') < 0)
            // The registry is optional in the grammar: a first component such as "a_b.c" is no domain but a fine path component.
            && (IsDomain(host) || IsPathComponent(host))
            && IsPath(path);
    }

    /// <summary>
    /// Whether <paramref name="name"/> is a repository name that names its registry, in canonical form or one step from it.
    /// </summary>
    public static bool IsNormalizable(ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        return IsCanonical(Normalize(name, buffer));
    }

    /// <summary>
    /// Whether <paramref name="name"/> is a repository name on an IPv6 literal, <c>[::1]:5000/app</c>. The kubelet takes one
    /// (distribution/reference 0.6, regexp.go), the container libraries do not: no table of registries.conf matches it.
    /// </summary>
    public static bool IsOnIPv6(ReadOnlySpan<byte> name)
    {
        var slash = name.IndexOf((byte)'/');
        var close = name.IndexOf((byte)']');
        if (name.Length > MaxLength || name is not [(byte)'[', ..] || close < 2 || slash < close || !IsPath(name[(slash + 1)..]))
        {
            return false;
        }

        foreach (var c in name[1..close])
        {
            if (c != (byte)':' && !char.IsAsciiHexDigit((char)c))
            {
                return false;
            }
        }

        var port = name[(close + 1)..slash];
        return port.IsEmpty
            || (port.Length > 1 && port[0] == (byte)':' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    /// <summary>
    /// The canonical form of a name that already names its registry: Docker Hub's legacy host and its implied <c>library/</c> are
    /// spelled out, in <paramref name="buffer"/> (<see cref="MaxLength"/> bytes). Any other name is given back as it is; whether
    /// it is one is not checked.
    /// </summary>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        var legacy = name.StartsWith("index.docker.io/"u8);
        if (!legacy && !name.StartsWith("docker.io/"u8))
        {
            return name;
        }

        var path = name[(name.IndexOf((byte)'/') + 1)..];
        var official = path.IndexOf((byte)'/') < 0;
        var host = official ? "docker.io/library/"u8 : "docker.io/"u8;
        if ((!legacy && !official) || host.Length + path.Length > buffer.Length)
        {
            return name;
        }

        host.CopyTo(buffer);
        path.CopyTo(buffer[host.Length..]);
        return buffer[..(host.Length + path.Length)];
    }

    /// <summary>Whether <paramref name="name"/> may stand left in <c>[aliases]</c>: a name that names no registry.</summary>
    public static bool IsShortName(ReadOnlySpan<byte> name) => IsName(name, out var domain) && !NamesRegistry(domain);

    /// <summary>Whether <paramref name="name"/> may stand right in <c>[aliases]</c>: a name that names its registry.</summary>
    public static bool IsAliasTarget(ReadOnlySpan<byte> name)
    {
        if (!IsName(name, out var domain) || !NamesRegistry(domain))
        {
            return false;
        }

        // The length is checked again after normalisation, which can add "library/" and drops "index.".
        var path = name[(domain.Length + 1)..];
        var legacy = domain.SequenceEqual("index.docker.io"u8);
        var hub = legacy || domain.SequenceEqual("docker.io"u8);
        var length = name.Length - (legacy ? "index.".Length : 0) + (hub && path.IndexOf((byte)'/') < 0 ? "library/".Length : 0);
        return length <= MaxLength;
    }

    /// <summary>Whether <paramref name="text"/> is a registry's <c>host[:port]</c>.</summary>
    public static bool IsDomain(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        if (colon >= 0)
        {
            var port = text[(colon + 1)..];
            if (port.IsEmpty || port.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }

            text = text[..colon];
        }

        // Components of letters, digits and inner hyphens, joined by single dots.
        var atEdge = true;
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit((char)c))
            {
                atEdge = false;
            }
            else if (atEdge || c is not ((byte)'-' or (byte)'.'))
            {
                return false;
            }
            else if (c == (byte)'.')
            {
                atEdge = true;
            }
        }

        return !atEdge && EndsComponentsWell(text);
    }

    private static bool EndsComponentsWell(ReadOnlySpan<byte> text) => text.IndexOf("-."u8) < 0 && text[^1] != (byte)'-';

    private static bool IsName(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> domain)
    {
        domain = default;
        if (name.Length > MaxLength)
        {
            return false;
        }

        // The domain is taken greedily: the first component is one if it reads like one and a path follows.
        var slash = name.IndexOf((byte)'/');
        if (slash >= 0 && IsDomain(name[..slash]))
        {
            domain = name[..slash];
            return IsPath(name[(slash + 1)..]);
        }

        return IsPath(name);
    }

    private static bool NamesRegistry(ReadOnlySpan<byte> host) =>
        host.ContainsAny(DomainMarks) || host.SequenceEqual("localhost"u8);

    private static bool IsPath(ReadOnlySpan<byte> path)
    {
        while (true)
        {
            var slash = path.IndexOf((byte)'/');
            if (!IsPathComponent(slash < 0 ? path : path[..slash]))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            path = path[(slash + 1)..];
        }
    }

    // Lower-case letters and digits, joined by one of: ".", "_", "__", any number of "-".
    private static bool IsPathComponent(ReadOnlySpan<byte> text)
    {
        for (var i = 0; ; i++)
        {
            var start = i;
            while (i < text.Length && (char.IsAsciiLetterLower((char)text[i]) || char.IsAsciiDigit((char)text[i])))
            {
                i++;
            }

            if (i == start)
            {
                return false;
            }

            if (i == text.Length)
            {
                return true;
            }

            switch (text[i])
            {
                case (byte)'.':
                    break;
                case (byte)'_':
                    i += i + 1 < text.Length && text[i + 1] == (byte)'_' ? 1 : 0;
                    break;
                case (byte)'-':
                    while (i + 1 < text.Length && text[i + 1] == (byte)'-')
                    {
                        i++;
                    }

                    break;
                default:
                    return false;
            }
        }
    }
}
