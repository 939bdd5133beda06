using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Transport;

namespace FastProvider.Pulls;

/// <summary>What a source had.</summary>
internal readonly struct SecretsRead
{
    public Failure? Failure { get; init; }

    /// <summary>Which Secrets were read; <see cref="SecretsMode.Auto"/> before that was decided.</summary>
    public SecretsMode Mode { get; init; }

    /// <summary>How many Secrets were read.</summary>
    public int Count { get; init; }

    /// <summary>How often the namespace was read past the API server's watch cache.</summary>
    public int ConsistentReads { get; init; }

    /// <summary>What was asked of the API server.</summary>
    public ApiStatistics Api { get; init; }

    /// <summary>Who was asked; null if nobody was.</summary>
    public ApiServerTarget? Server { get; init; }

    /// <summary>What was answered for each shared Secret that was asked for.</summary>
    public SharedAnswer[] Shared
    {
        get => field ?? [];
        init;
    }

    /// <summary>Why no Secret was sought, where nobody named one.</summary>
    public string? WhyNone { get; init; }

    /// <summary>The same for the tenant.</summary>
    public TenantNote? NothingNamed { get; init; }
}
