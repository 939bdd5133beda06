using System;

namespace FastProvider.Secrets;

/// <summary>
/// How closely a key of a node's auth file speaks for an endpoint to CRI-O: there are no wildcards, letters must be equal, and a
/// key with a scheme is one for the whole host, whatever its path.
/// Rules: container-libs, image/pkg/docker/config, findCredentialsInFile and normalizeAuthFileKey.
/// </summary>
internal static class NodeKey
{
    /// <param name="key">As it is spelled.</param>
    /// <param name="repository">The endpoint's.</param>
    /// <param name="isLegacy">The file is of the old form: its keys are for hosts alone.</param>
    public static NodeKeyFit Fit(ReadOnlySpan<byte> key, in RepositoryName repository, bool isLegacy) =>
        IsExact(key, repository, isLegacy) ? NodeKeyFit.Exact
        : HostOf(key, isLegacy).SequenceEqual(WithoutAlias(repository.Authority)) ? NodeKeyFit.Host
        : NodeKeyFit.None;

    /// <summary>The key is the repository, one of its parents, or its host.</summary>
    public static bool IsExact(ReadOnlySpan<byte> key, in RepositoryName repository, bool isLegacy)
    {
        var name = repository.Name.Span;
        return isLegacy ? key.SequenceEqual(repository.Authority)
            : name.StartsWith(key) && (key.Length == name.Length || name[key.Length] is (byte)'/');
    }

    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> key, bool isLegacy)
    {
        var host = Without("https://"u8, Without("http://"u8, key));
        var slash = isLegacy || host.Length != key.Length ? host.IndexOf((byte)'/') : -1;
        return WithoutAlias(slash < 0 ? host : host[..slash]);
    }

    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> key) =>
        key.StartsWith(scheme) ? key[scheme.Length..] : key;

    private static ReadOnlySpan<byte> WithoutAlias(ReadOnlySpan<byte> host) =>
        host.SequenceEqual("docker.io"u8) || host.SequenceEqual("registry-1.docker.io"u8) ? "index.docker.io"u8 : host;
}

/// <summary>What a key is to CRI-O, the closer the higher: any exact key goes before one for the host.</summary>
internal enum NodeKeyFit : byte
{
    /// <summary>CRI-O does not find it.</summary>
    None,

    /// <summary>It is compared as a host, its scheme and what follows the host left out.</summary>
    Host,

    /// <summary>It is looked for as it stands, the longer first.</summary>
    Exact,
}
