using System;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Transport;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>
/// What a host keeps from one pull for the next: links to API servers, readers, and the buffers of endpoints. A process for one
/// pull makes it for that one. Pulls may run at once. What they need beyond the bound is made for them and disposed of.
/// </summary>
internal sealed class PullResources : IDisposable
{
    /// <summary>What one pull needs mostly: few images have more mirrors, and few values of a list span more blocks.</summary>
    private const int UsualEndpoints = 4, UsualBlocks = 4;

    private readonly ZeroingMemoryPool _memory;
    private readonly ObjectPool<EndpointCredential> _endpoints;
    private readonly ObjectPool<NamespaceSecrets> _readers;
    private readonly ObjectPool<RegistriesScratch> _scratches;

    /// <param name="pullsAtOnce">For how many pulls to keep readers and buffers.</param>
    /// <param name="keptLinks">How many idle links to keep; with 0 a connection ends with the fetch that opened it.</param>
    public PullResources(int pullsAtOnce = 1, int keptLinks = 0)
    {
        Links = new ApiServerLinks(keptLinks);
        _memory = new ZeroingMemoryPool(pullsAtOnce * UsualBlocks);
        // Made directly: the provider of such pools asks by reflection first whether they must dispose of what they do not keep.
        // They need not, as whatever comes back is emptied before.
        _endpoints = new DefaultObjectPool<EndpointCredential>(new EndpointPolicy(), pullsAtOnce * UsualEndpoints);
        _readers = new DefaultObjectPool<NamespaceSecrets>(new ReaderPolicy(_memory), pullsAtOnce);
        _scratches = new DefaultObjectPool<RegistriesScratch>(new ScratchPolicy(), pullsAtOnce);
    }

    public ApiServerLinks Links { get; }

    /// <summary>As <see cref="PullSources.Find"/>, with memory that is kept.</summary>
    public Result<PullSources> FindSources(RegistriesFiles files, ReadOnlySpan<byte> image)
    {
        var scratch = _scratches.Get();
        try
        {
            return PullSources.Find(files, image, scratch);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

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
        _memory.Dispose();
    }

    private sealed class EndpointPolicy : PooledObjectPolicy<EndpointCredential>
    {
        public override EndpointCredential Create() => new();

        public override bool Return(EndpointCredential obj) => obj.TryReset();
    }

    private sealed class ScratchPolicy : PooledObjectPolicy<RegistriesScratch>
    {
        public override RegistriesScratch Create() => new();

        public override bool Return(RegistriesScratch obj) => true;
    }

    /// <summary>Makes readers that share the memory of their pipes.</summary>
    private sealed class ReaderPolicy(ZeroingMemoryPool memory) : PooledObjectPolicy<NamespaceSecrets>
    {
        public override NamespaceSecrets Create() => new(memory);

        public override bool Return(NamespaceSecrets obj) => obj.TryReset();
    }
}
