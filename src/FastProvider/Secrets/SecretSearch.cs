using System.Diagnostics.CodeAnalysis;
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

    [UnscopedRef]
    public ref readonly Asker Asker => ref _asker;
}
