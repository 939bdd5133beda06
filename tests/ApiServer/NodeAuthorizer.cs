namespace FastProvider.Tests.ApiServer;

/// <summary>
/// What a node may do as itself: read the pods that are bound to it and the Secrets that those name, one by one, and write Events
/// (kubernetes/plugin/pkg/auth/authorizer/node, and the rules of system:node).
/// </summary>
internal sealed class NodeAuthorizer(Cluster cluster)
{
    private const string UserPrefix = "system:node:";

    /// <summary>The name of the node behind a user, or null if the user is none.</summary>
    public static string? NodeOf(string user) =>
        user.StartsWith(UserPrefix, StringComparison.Ordinal) ? user[UserPrefix.Length..] : null;

    /// <summary>Null if it may, or the reason at the end of the 403's message.</summary>
    public string? Refuse(string node, string verb, string @namespace, string resource, string name)
    {
        var pods = cluster.Pods.Where(pod => pod.Namespace == @namespace && pod.Node == node);
        return (resource, verb) switch
        {
            ("events", "create" or "patch") => null,
            ("pods" or "secrets", _) when name.Length == 0 => "No Object name found",
            ("pods", "get") when pods.Any(pod => pod.Name == name) => null,
            ("secrets", "get") when pods.Any(pod => pod.ImagePullSecrets.Contains(name)) => null,
            ("pods" or "secrets", "get") => $"no relationship found between node '{node}' and this object",
            ("pods" or "secrets", _) => "can only read resources of this type",
            _ => "",
        };
    }
}
