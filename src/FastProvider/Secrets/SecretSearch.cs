using System.Diagnostics.CodeAnalysis;
using FastProvider.Names;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>What is to be found in the Secrets of a pull, wherever they are read from.</summary>
/// <param name="server">Whom to ask.</param>
/// <param name="asker">For whom.</param>
/// <param name="endpoints">Which endpoints need a credential; what is found goes into them.</param>
/// <param name="notices">What is passed over goes here.</param>
internal readonly struct SecretSearch(
    ApiServerRoute server, in Asker asker, EndpointCredential[] endpoints, SecretNotices notices)
{
    private readonly Asker _asker = asker;

    public ApiServerRoute Server { get; } = server;

    public EndpointCredential[] Endpoints { get; } = endpoints;

    public SecretNotices Notices { get; } = notices;

    /// <summary>Secrets of OpenShift's third type count, too, where all of a namespace are listed.</summary>
    public bool WithPodmanSecrets { get; init; }

    /// <summary>Secrets that a platform offers to all pods, in the order in which they count; null for none.</summary>
    public SecretReference[]? Shared { get; init; }

    public bool HasShared => Shared is { Length: > 0 };

    /// <summary>
    /// Whether a Secret serves what the pull goes to: a mirror, or the registry itself where there is none. The registry's own
    /// login says nothing of the mirror's, which may have been made a moment ago.
    /// </summary>
    public bool IsServed
    {
        get
        {
            bool hasMirror = false, isPrimaryServed = Endpoints.Length == 0;
            foreach (var endpoint in Endpoints)
            {
                if (!endpoint.IsPrimary && endpoint.IsFromSecret)
                {
                    return true;
                }

                hasMirror |= !endpoint.IsPrimary;
                isPrimaryServed |= endpoint.IsFromSecret;
            }

            return !hasMirror && isPrimaryServed;
        }
    }

    [UnscopedRef]
    public ref readonly Asker Asker => ref _asker;
}
