namespace FastProvider.Pulls;

/// <summary>
/// Where the Secrets of a pull come from: the API server, or for people and tests something that stands for it.
/// </summary>
internal interface ISecretSource
{
    /// <summary>Offers Secrets to the endpoints of a pull.</summary>
    /// <param name="wanted">Whose.</param>
    /// <param name="times">Ends the phases <see cref="PullPhase.Node"/> and <see cref="PullPhase.Secrets"/> of the pull.</param>
    SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times);
}
