using FastProvider.Base;
using FastProvider.Request;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;

namespace FastProvider.Pulls;

/// <summary>Where the Secrets of a pull come from: the API server, or for people and tests something that stands for it.</summary>
internal interface ISecretSource
{
    /// <summary>Offers Secrets to the endpoints of a pull.</summary>
    /// <param name="wanted">Whose.</param>
    /// <param name="times">Ends the phases <see cref="PullPhase.Node"/> and <see cref="PullPhase.Secrets"/> of the pull.</param>
    SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times);
}

/// <summary>Which Secrets a pull wants, and what they are offered to.</summary>
internal readonly struct SecretsWanted
{
    public required Options Options { get; init; }

    /// <summary>What the process of the pull has in its environment: proxies, for the way to the API server.</summary>
    public required System.Func<string, string?> Variable { get; init; }

    public required CredentialProviderRequest Request { get; init; }

    public required TokenClaims Claims { get; init; }

    public required PullEndpoints Endpoints { get; init; }

    public required SecretNotices Notices { get; init; }

    /// <summary>What the host keeps from pull to pull.</summary>
    public required PullResources Resources { get; init; }

    public required Deadline Deadline { get; init; }
}

/// <summary>What a source had.</summary>
internal readonly struct SecretsRead
{
    public Failure? Failure { get; init; }

    /// <summary>Which Secrets were read; <see cref="SecretsMode.Auto"/> before that was decided.</summary>
    public SecretsMode Mode { get; init; }

    /// <summary>How many Secrets were read.</summary>
    public int Count { get; init; }

    /// <summary>What was asked of the API server.</summary>
    public Transport.ApiStatistics Api { get; init; }

    /// <summary>Who was asked; null if nobody was.</summary>
    public Node.ApiServerTarget? Server { get; init; }

    /// <summary>Why no Secret was sought, where nobody named one.</summary>
    public string? WhyNone { get; init; }

    /// <summary>The same for the tenant.</summary>
    public TenantNote? NothingNamed { get; init; }
}
