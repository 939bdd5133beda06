using System;
using System.Text;
using FastProvider.Generators;

namespace FastProvider.Secrets;

/// <summary>
/// A key of an <c>auths</c> map: which repositories it speaks for, and how closely.
/// Rules: k8s.io/kubernetes/pkg/credentialprovider/keyring.go (spelling, globs), except that a path only matches whole
/// segments: <c>reg/team</c> does not speak for <c>reg/team-b</c>.
/// </summary>
internal readonly ref partial struct RegistryKey
{
    private readonly ReadOnlySpan<byte> _host;
    private readonly ReadOnlySpan<byte> _port;
    private readonly ReadOnlySpan<byte> _path;

    private RegistryKey(ReadOnlySpan<byte> host, ReadOnlySpan<byte> port, ReadOnlySpan<byte> path, int globs)
    {
        _host = host;
        _port = port;
        _path = path;
        Globs = globs;
    }

    /// <summary>Perhaps with wildcards; empty if the key has none.</summary>
    public ReadOnlySpan<byte> Host => _host;

    /// <summary>How many wildcards the host has.</summary>
    public int Globs { get; }

    /// <summary>
    /// Takes a key apart as the URL that Kubernetes makes of it: scheme, user and password, query, fragment and trailing slashes
    /// do not count. A question mark in the host is a wildcard here.
    /// </summary>
    public static RegistryKey Parse(ReadOnlySpan<byte> key)
    {
        key = WithoutScheme(key);
        key = Before((byte)'#', key);
        var slash = key.IndexOf((byte)'/');
        var authority = slash < 0 ? key : key[..slash];
        authority = authority[(authority.LastIndexOf((byte)'@') + 1)..];
        var path = slash < 0 ? default : Before((byte)'?', key[slash..]).Trim((byte)'/');
        var hostLength = RepositoryName.HostLength(authority);
        var host = authority[..hostLength];
        var globs = host.Count((byte)'*') + host.Count((byte)'?');
        return new RegistryKey(host, authority[hostLength..], path, globs);
    }

    /// <summary>Whether this key speaks for the repository.</summary>
    /// <param name="repository">The endpoint's.</param>
    /// <param name="pathLength">How much of the repository's path the key names, in bytes.</param>
    public bool Matches(in RepositoryName repository, out int pathLength)
    {
        pathLength = 0;
        if (_host.IsEmpty || !_port.SequenceEqual(repository.Port) || !MatchesHost(repository.Host))
        {
            return false;
        }

        // The API version of a legacy login address, as in https://index.docker.io/v1/, is no part of a repository; but a
        // repository may well be called v1, so the literal reading comes first: it is the longer path.
        return MatchesPath(_path, repository.Path, out pathLength)
            || MatchesPath(WithoutApiVersion(_path), repository.Path, out pathLength);
    }

    /// <summary>Which part of a key that does not match is another than the repository's, for people.</summary>
    public KeyPart MismatchWith(in RepositoryName repository) => _host.IsEmpty || !MatchesHost(repository.Host) ? KeyPart.Host
        : !_port.SequenceEqual(repository.Port) ? KeyPart.Port
        : Matches(repository, out _) ? KeyPart.None
        : KeyPart.Path;

    private static ReadOnlySpan<byte> WithoutScheme(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> https = "https://"u8, http = "http://"u8;
        return StartsWithIgnoreCase(key, https) ? key[https.Length..]
            : StartsWithIgnoreCase(key, http) ? key[http.Length..] : key;
    }

    private static ReadOnlySpan<byte> Before(byte mark, ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf(mark);
        return at < 0 ? text : text[..at];
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static ReadOnlySpan<byte> WithoutApiVersion(ReadOnlySpan<byte> path) =>
        !path.StartsWith("v1"u8) && !path.StartsWith("v2"u8) ? path
        : path.Length == 2 ? default
        : path[2] is (byte)'/' ? path[3..]
        : path;

    private static bool MatchesPath(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> path, out int length)
    {
        length = prefix.Length;
        return prefix.IsEmpty || path.StartsWith(prefix) && (path.Length == prefix.Length || path[prefix.Length] is (byte)'/');
    }

    private bool MatchesHost(ReadOnlySpan<byte> repositoryHost)
    {
        if (!IsDockerHub(repositoryHost))
        {
            return MatchesLabels(_host, repositoryHost);
        }

        // One registry under three names; kubectl's default key is the second.
        return MatchesLabels(_host, "docker.io"u8) || MatchesLabels(_host, "index.docker.io"u8)
            || MatchesLabels(_host, "registry-1.docker.io"u8);
    }

    [Utf8Find("docker.io", "index.docker.io", "registry-1.docker.io", IgnoreCase = true)]
    private static partial bool IsDockerHub(ReadOnlySpan<byte> name);

    /// <summary>Label by label, so that a wildcard never reaches over a dot.</summary>
    private bool MatchesLabels(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        if (Globs == 0)
        {
            return Ascii.EqualsIgnoreCase(pattern, name);
        }

        while (true)
        {
            var patternDot = pattern.IndexOf((byte)'.');
            var nameDot = name.IndexOf((byte)'.');
            if (patternDot < 0 != nameDot < 0)
            {
                return false;
            }

            if (nameDot < 0)
            {
                return MatchesLabel(pattern, name);
            }

            if (!MatchesLabel(pattern[..patternDot], name[..nameDot]))
            {
                return false;
            }

            pattern = pattern[(patternDot + 1)..];
            name = name[(nameDot + 1)..];
        }
    }

    /// <summary>
    /// <c>*</c> stands for any characters, <c>?</c> for one. Linear but for the last star, as only that one is ever retried.
    /// </summary>
    private static bool MatchesLabel(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> label)
    {
        int p = 0, l = 0, star = -1, retryAt = 0;
        while (l < label.Length)
        {
            if (p < pattern.Length && pattern[p] is (byte)'*')
            {
                star = p++;
                retryAt = l;
            }
            else if (p < pattern.Length && (pattern[p] is (byte)'?' || Lower(pattern[p]) == Lower(label[l])))
            {
                p++;
                l++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                l = ++retryAt;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart((byte)'*').IsEmpty;
    }

    private static byte Lower(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
}

/// <summary>A part of a registry key.</summary>
internal enum KeyPart
{
    None,
    Host,
    Port,
    Path,
}
