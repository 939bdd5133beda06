using System;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Transport;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>
/// What a host keeps from one pull for the next: links to API servers, readers, and the buffers of endpoints. A process for one
/// pull makes it for that one. Pulls may run at once. What they need beyond the bound is made for them and disposed of.
/// </summary>
internal sealed class PullResources : IDisposable
{
    /// <summary>What one pull needs mostly: few images have more mirrors.</summary>
    private const int UsualEndpoints = 4;

    private readonly ObjectPool<EndpointCredential> _endpoints;
    private readonly ObjectPool<NamespaceSecrets> _readers;

    /// <param name="pullsAtOnce">For how many pulls to keep readers and buffers.</param>
    /// <param name="keptLinks">How many idle links to keep; with 0 a connection ends with the fetch that opened it.</param>
    public PullResources(int pullsAtOnce = 1, int keptLinks = 0)
    {
        Links = new ApiServerLinks(keptLinks);
        // Such a pool disposes of what it does not keep, so nothing in it may return itself when it is disposed of.
        var keptEndpoints = pullsAtOnce * UsualEndpoints;
        _endpoints = new DefaultObjectPoolProvider { MaximumRetained = keptEndpoints }.Create<EndpointCredential>();
        _readers = new DefaultObjectPoolProvider { MaximumRetained = pullsAtOnce }.Create(new ReaderPolicy());
    }

    public ApiServerLinks Links { get; }

    /// <summary>The endpoints of one pull; dispose of them when it ends.</summary>
    /// <param name="sources">What registries.conf says; an endpoint that no pull can use is left out with a warning.</param>
    /// <param name="notices">Where the warning goes.</param>
    public PullEndpoints Endpoints(ReadOnlySpan<PullEndpoint> sources, SecretNotices notices) =>
        new(sources, notices, _endpoints);

    /// <summary>Reads all registry Secrets of the workload's namespace, as the workload.</summary>
    public FetchedSecrets FetchNamespace(in SecretSearch search, Deadline deadline)
    {
        var reader = _readers.Get();
        try
        {
            return reader.Fetch(Links, search, deadline);
        }
        finally
        {
            _readers.Return(reader);
        }
    }

    public void Dispose()
    {
        Links.Dispose();
        (_endpoints as IDisposable)?.Dispose();
        (_readers as IDisposable)?.Dispose();
    }

    private sealed class ReaderPolicy : PooledObjectPolicy<NamespaceSecrets>
    {
        public override NamespaceSecrets Create() => new();

        public override bool Return(NamespaceSecrets obj) => obj.TryReset();
    }
}
