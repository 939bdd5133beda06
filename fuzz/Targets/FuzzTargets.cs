namespace FastProvider.Fuzz.Targets;

/// <summary>Runs one input through a parser and its oracles; throws if a law is broken.</summary>
/// <param name="input">Laid against a guard page.</param>
internal delegate void FuzzTarget(ReadOnlyMemory<byte> input);

/// <summary>All targets, by the name that their corpus and dictionary have.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new SortedDictionary<string, FuzzTarget>
    {
        ["agent"] = AgentTarget.Run,
        ["authfile"] = AuthFileTarget.Run,
        ["dockerconfig"] = DockerConfigTarget.Run,
        ["http"] = HttpTarget.Run,
        ["jsonpieces"] = JsonPiecesTarget.Run,
        ["kubeconfig"] = KubeconfigTarget.Run,
        ["proxy"] = ProxyTarget.Run,
        ["reference"] = ReferenceTarget.Run,
        ["registries"] = RegistriesTarget.Run,
        ["request"] = RequestTarget.Run,
        ["secretlist"] = SecretListTarget.Run,
        ["token"] = TokenTarget.Run,
    };
}
