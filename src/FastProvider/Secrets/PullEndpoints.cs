using System;
using System.Text;
using FastProvider.Mirrors;
using FastProvider.Node;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>The endpoints of one pull whose credentials are sought, in pull order.</summary>
internal sealed class PullEndpoints : IDisposable
{
    private readonly ObjectPool<EndpointCredential>? _home;

    /// <summary>Makes endpoints without anything in them.</summary>
    /// <param name="sources">What registries.conf says; an endpoint that no pull can use is left out with a warning.</param>
    /// <param name="notices">Where the warning goes.</param>
    /// <param name="home">Where the endpoints come from and go when the pull ends; null to make them.</param>
    public PullEndpoints(ReadOnlySpan<PullEndpoint> sources, SecretNotices notices, ObjectPool<EndpointCredential>? home = null)
    {
        _home = home;
        var count = 0;
        foreach (ref readonly var source in sources)
        {
            if (source.IsValid)
            {
                count++;
            }
            else
            {
                notices.Add($"location {Encoding.UTF8.GetString(source.Location.Span)} of registries.conf makes"
                    + $" {Encoding.UTF8.GetString(source.Repository.Span)} of the image, which is no valid repository name, so it"
                    + " is passed over (CRI-O refuses the pull for it)");
            }
        }

        All = new EndpointCredential[count];
        count = 0;
        foreach (ref readonly var source in sources)
        {
            if (source.IsValid)
            {
                All[count] = home?.Get() ?? new EndpointCredential();
                All[count++].Reset(source.Repository, source.IsPrimary);
            }
        }
    }

    /// <summary>The endpoints; none after the end of the pull.</summary>
    public EndpointCredential[] All { get; private set; }

    /// <summary>Whether a Secret of the namespace serves any endpoint.</summary>
    public bool HasSecret => Array.Exists(All, static endpoint => endpoint.IsFromSecret);

    /// <summary>Whether another credential provider of the kubelet serves any endpoint.</summary>
    public bool HasProvider => Array.Exists(All, static endpoint => endpoint.Provider is not null);

    /// <summary>Whether CRI-O would go without a credential, or with another, if it read the node's auth files itself.</summary>
    public bool NeedFile =>
        Array.Exists(All, static endpoint => endpoint.IsFromSecret || endpoint is { IsFound: true, IsFoundByCrio: false });

    /// <summary>Takes what the node's own logins have for endpoints that no Secret serves; nothing changes after that.</summary>
    public NodeLogins TakeLogins(ReadOnlySpan<NodeAuthFile> files, ReadOnlySpan<byte> image, SecretNotices warnings)
    {
        var logins = NodeLogins.Read(files, image, All, warnings);
        WarnOfLineEnds(warnings);
        return logins;
    }

    public void Dispose()
    {
        foreach (var endpoint in All)
        {
            if (_home is null)
            {
                endpoint.Dispose();
            }
            else
            {
                _home.Return(endpoint);
            }
        }

        All = [];
    }

    /// <summary>
    /// Says where a credential has a line end that nobody types: <c>echo</c> without <c>-n</c> leaves one. It is passed on as it
    /// is, as by CRI-O and the kubelet, and the registry only says that it is wrong.
    /// </summary>
    private void WarnOfLineEnds(SecretNotices warnings)
    {
        EndpointCredential? warnedOf = null;
        foreach (var endpoint in All)
        {
            // Endpoints that one key serves stand beside each other, mostly.
            if (endpoint.IsFound && endpoint.HasLineEnd && warnedOf?.HasSourceOf(endpoint) is not true)
            {
                warnings.AddLineEnd(endpoint);
                warnedOf = endpoint;
            }
        }
    }
}
