namespace FastProvider.Tests.ApiServer;

/// <summary>One pod as far as a credential provider looks at it.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The node it is bound to; empty before that.</param>
/// <param name="ImagePullSecrets">The names that its spec gives, in order.</param>
public sealed record Pod(string Namespace, string Name, string Node, params IReadOnlyList<string> ImagePullSecrets)
{
    /// <summary>That of the tokens which <see cref="TokenIssuer"/> makes.</summary>
    public string Uid { get; init; } = TokenIssuer.PodUid;
}
