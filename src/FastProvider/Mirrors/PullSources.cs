using System;
using FastProvider.Base;
using FastProvider.Names;

namespace FastProvider.Mirrors;

/// <summary>
/// What registries.conf says about one image: the registry that decides for it and the endpoints of the pull, in the order in
/// which CRI-O asks them. The kubelet names neither tag nor digest, so the mirrors for both kinds of pull are there.
/// </summary>
internal sealed class PullSources
{
    private static readonly PullSources None = new();
    private static readonly PullSources NoneAndNoAuthFiles = new() { CredentialHelpersExcludeAuthFiles = true };

    private readonly PullEndpoint[] _endpoints;

    private PullSources() => _endpoints = [];

    /// <summary>The pull of <paramref name="image"/> as <paramref name="registry"/> directs it.</summary>
    internal PullSources(RegistryMatch registry, ReadOnlySpan<byte> image)
    {
        Registry = registry;
        _endpoints = new PullEndpoint[registry.Mirrors.Length + 1];
        var matched = PrefixMatcher.MatchedLength(image, registry.Prefix.Span);
        for (var i = 0; i < registry.Mirrors.Length; i++)
        {
            var mirror = registry.Mirrors[i];
            _endpoints[i] = new PullEndpoint(
                mirror.Location, mirror.Insecure, mirror.Restriction, false, Rewrite(mirror.Location, image, matched));
        }

        _endpoints[^1] = new PullEndpoint(
            registry.Location, registry.Insecure, PullFromMirror.Unset, true, Rewrite(registry.Location, image, matched));
        NeedsCredentials = registry.Mirrors.Length > 0 || !_endpoints[^1].Repository.Span.SequenceEqual(image);
    }

    /// <summary>The registry that decides for the image; null if none matches, which is the common case on a node.</summary>
    public RegistryMatch? Registry { get; }

    /// <summary>
    /// The endpoints in the order of the pull: the mirrors, then the registry itself. Empty if no registry matches.
    /// </summary>
    public ReadOnlySpan<PullEndpoint> Endpoints => _endpoints;

    /// <summary>
    /// Whether the pull goes anywhere but to the image's own repository, so that credentials for the image alone may not do.
    /// </summary>
    public bool NeedsCredentials { get; }

    /// <summary>
    /// Whether <c>credential-helpers</c> keeps CRI-O from reading any auth file: it is set and lacks <c>containers-auth.json</c>.
    /// </summary>
    public bool CredentialHelpersExcludeAuthFiles { get; init; }

    /// <summary>
    /// Reads the configuration of <paramref name="files"/> and finds the pull sources of <paramref name="image"/>, a
    /// repository name in UTF-8 as the kubelet writes it (it is normalised if it is not). A configuration that the reference
    /// library refuses is a failure (exit code 1), also when the fault does not concern the image.
    /// </summary>
    /// <param name="files">The configuration.</param>
    /// <param name="image">The repository name.</param>
    /// <param name="scratch">Memory for the reading; null to make it.</param>
    public static Result<PullSources> Find(
        RegistriesFiles files, ReadOnlySpan<byte> image, RegistriesScratch? scratch = null)
    {
        Span<byte> buffer = stackalloc byte[ReferenceName.MaxLength];
        var merge = new RegistriesMerge(ReferenceName.Normalize(image, buffer), scratch);
        return RegistriesSearch.Read(files, ref merge) is { } failure ? failure : merge.ToSources();
    }

    /// <summary>The sources of an image that no registry matches.</summary>
    internal static PullSources NoMatch(bool helpersExcludeAuthFiles) => helpersExcludeAuthFiles ? NoneAndNoAuthFiles : None;

    // Source: rewriteReference in sysregistriesv2/system_registries_v2.go; an empty location keeps the name.
    private static byte[] Rewrite(ReadOnlyMemory<byte> location, ReadOnlySpan<byte> image, int matched)
    {
        var rest = location.IsEmpty ? image : image[matched..];
        var repository = new byte[location.Length + rest.Length];
        location.Span.CopyTo(repository);
        rest.CopyTo(repository.AsSpan(location.Length));
        return repository;
    }
}
