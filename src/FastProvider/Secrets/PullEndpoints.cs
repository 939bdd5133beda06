using System;
using System.Text;
using FastProvider.Mirrors;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>The endpoints of one pull whose credentials are sought, in pull order.</summary>
internal sealed class PullEndpoints : IDisposable
{
    private static readonly ObjectPool<PullEndpoints> Pool = new DefaultObjectPoolProvider().Create<PullEndpoints>();

    /// <summary>The endpoints.</summary>
    public EndpointCredential[] All { get; private set; } = [];

    /// <summary>Takes endpoints from the pool; disposing gives them back without what they found.</summary>
    /// <param name="sources">What registries.conf says; an endpoint that no pull can use is left out with a warning.</param>
    /// <param name="warnings">Where to.</param>
    public static PullEndpoints Take(ReadOnlySpan<PullEndpoint> sources, Warnings warnings)
    {
        var endpoints = Pool.Get();
        endpoints.Fill(sources, warnings);
        return endpoints;
    }

    /// <summary>Whether a Secret of the namespace serves any endpoint.</summary>
    public bool HasSecret => Array.Exists(All, static endpoint => endpoint.IsFromSecret);

    /// <summary>Whether CRI-O would go without a credential, or with another, if it read the global auth file itself.</summary>
    public bool NeedFile => Array.Exists(All, static endpoint => endpoint.IsFromSecret || endpoint is { IsFound: true, IsFoundByCrio: false });

    public void Dispose()
    {
        foreach (var endpoint in All)
        {
            endpoint.Dispose();
        }

        Pool.Return(this);
    }

    private void Fill(ReadOnlySpan<PullEndpoint> sources, Warnings warnings)
    {
        var count = 0;
        foreach (ref readonly var source in sources)
        {
            if (source.IsValid)
            {
                count++;
            }
            else
            {
                warnings.Add($"location {Encoding.UTF8.GetString(source.Location.Span)} of registries.conf makes"
                    + $" {Encoding.UTF8.GetString(source.Repository.Span)} of the image, which is no valid repository name, so it is"
                    + " passed over (CRI-O refuses the pull for it)");
            }
        }

        if (All.Length != count)
        {
            All = new EndpointCredential[count];
        }

        count = 0;
        foreach (ref readonly var source in sources)
        {
            if (source.IsValid)
            {
                (All[count++] ??= new EndpointCredential(source.Repository)).Serve(source.Repository);
            }
        }
    }
}
