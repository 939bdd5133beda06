using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Node;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>
/// Reads the Secrets that the pod names in imagePullSecrets, as the node: its authorizer lets it read its own pods and what those
/// name. So nothing is read that this pod does not name, the pod must be the token's and bound to this node, and the
/// workload's token never goes over this connection.
/// </summary>
internal sealed class PodSecrets(ApiServerTarget server, TokenClaims claims, NamedSecrets secrets, SecretNotices warnings)
{
    private const string NodePrefix = "system:node:";

    private readonly string _namespace = Encoding.ASCII.GetString(claims.Namespace.Span);
    private readonly string _pod = Encoding.UTF8.GetString(claims.Pod.Span);
    private string _node = "";
    private SecretNames _names = new();

    /// <summary>The pod names no Secret.</summary>
    public bool NamesNone { get; private set; }

    /// <summary>What was asked for the pod and its Secrets.</summary>
    public ApiUse Use { get; private set; }

    /// <summary>NAMESPACE/NAME, for a line for people.</summary>
    public string PodText => $"{_namespace}/{_pod}";

    public Failure? Fetch(ProxyServer? proxy, Deadline deadline)
    {
        if (claims.PodUid.IsEmpty || !SubdomainName.IsValid(claims.Pod.Span))
        {
            return new Failure(FailureCause.Pod,
                $"the token of ServiceAccount {claims.ServiceAccountText} is not bound to a pod, as the"
                + " kubelet's own are: --secrets pod has no imagePullSecrets to read");
        }

        if (NodeCertificate.Read(server, out var certificate) is { } unknown)
        {
            return unknown;
        }

        using (certificate)
        {
            if (ApiServerLink.Open(server, proxy, certificate, out var link) is { } unusable)
            {
                return unusable;
            }

            using (link)
            {
                if (ReadNodeName(link!.ClientName, certificate!) is { } noNode)
                {
                    return noNode;
                }

                using var exchange = new ApiExchange();
                exchange.Start(link, deadline);
                var failure = FetchPod(exchange, link, certificate!) ?? FetchSecrets(exchange, link, certificate!);
                Use = exchange.Use;
                return failure;
            }
        }
    }

    private Failure? ReadNodeName(string commonName, NodeCertificate certificate)
    {
        _node = commonName.StartsWith(NodePrefix, StringComparison.Ordinal) ? commonName[NodePrefix.Length..] : "";
        return SubdomainName.IsValid(Encoding.UTF8.GetBytes(_node))
            ? null
            : new Failure(FailureCause.NodeIdentity,
                $"the client certificate of {certificate.Origin} is no node's: its common name is not {NodePrefix}NAME;"
                + " set --kubeconfig to the kubelet's");
    }

    private Failure? TakePod(int index, bool isThere, ReadOnlySpan<byte> json)
    {
        if (!isThere)
        {
            return new Failure(FailureCause.Pod, $"pod {PodText} does not exist any more");
        }

        using var pod = new PodReader();
        if (!pod.Read(json) || !pod.Name.SequenceEqual(claims.Pod.Span) || !pod.Namespace.SequenceEqual(claims.Namespace.Span))
        {
            return ApiServerFailure.NotTheApiServer(server, $"something other than pod {PodText}");
        }

        if (!pod.Uid.SequenceEqual(claims.PodUid.Span))
        {
            return new Failure(FailureCause.Pod, $"pod {PodText} is another than the token's (its uid differs)");
        }

        if (!pod.NodeName.SequenceEqual(Encoding.UTF8.GetBytes(_node)))
        {
            return new Failure(FailureCause.Pod, $"pod {PodText} is not bound to this node, {_node} by its client certificate");
        }

        _names = pod.ImagePullSecrets;
        return _names.AreTooMany
            ? SecretNames.TooMany($"pod {PodText}", "in imagePullSecrets")
            : null;
    }

    private Failure? FetchPod(ApiExchange exchange, ApiServerLink link, NodeCertificate certificate)
    {
        using var questions = new ObjectQuestions(link, [$"/api/v1/namespaces/{_namespace}/pods/{_pod}"], default, TakePod);
        return Explain(exchange.Run(questions), certificate, isPod: true);
    }

    private Failure? FetchSecrets(ApiExchange exchange, ApiServerLink link, NodeCertificate certificate)
    {
        _names.Warn(warnings, $"imagePullSecrets of pod {PodText}");
        NamesNone = _names.All.Count == 0;
        return NamesNone ? null : Explain(secrets.Fetch(exchange, link, default, _names), certificate, isPod: false);
    }

    private Failure? Explain(in ApiEnd end, NodeCertificate certificate, bool isPod)
    {
        return end.Status switch
        {
            401 => new Failure(FailureCause.NodeIdentity,
                $"{ApiServerFailure.Name(server)} does not accept the client certificate of this node, {certificate.Origin}"
                + " (401 Unauthorized): has it expired?"),
            403 => ApiServerFailure.Forbidden(
                isPod
                    ? $"node {_node} may not get pod {PodText}"
                    : $"node {_node} may not get Secret {_names.All[end.Index]} that pod {PodText} names in imagePullSecrets",
                end,
                ": a node may read its own pods and the Secrets that those name (--authorization-mode=Node); was the pod deleted?"),
            _ => ApiServerFailure.Of(server, end),
        };
    }
}
