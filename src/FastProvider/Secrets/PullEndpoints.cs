using System;
using System.Text;
using FastProvider.Mirrors;

namespace FastProvider.Secrets;

/// <summary>The endpoints of one pull whose credentials are sought, in pull order.</summary>
internal sealed class PullEndpoints : IDisposable
{
    public PullEndpoints(ReadOnlySpan<PullEndpoint> sources, Warnings warnings)
    {
        var all = new EndpointCredential[sources.Length];
        var count = 0;
        foreach (ref readonly var source in sources)
        {
            if (source.IsValid)
            {
                all[count++] = new EndpointCredential(source.Repository);
            }
            else
            {
                warnings.Add($"location {Encoding.UTF8.GetString(source.Location.Span)} of registries.conf makes"
                    + $" {Encoding.UTF8.GetString(source.Repository.Span)} of the image, which is no valid repository name, so it is"
                    + " passed over (CRI-O refuses the pull for it)");
            }
        }

        All = all[..count];
    }

    public EndpointCredential[] All { get; }

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
    }
}
