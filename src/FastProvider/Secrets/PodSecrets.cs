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
internal sealed class PodSecrets : IRefusalWords
{
    private readonly SecretSearch _search;
    private readonly ApiServerLink _link;
    private readonly string _certificate, _namespace, _pod;
    private readonly string _node;

    /// <summary>What the pod names; null until it was read.</summary>
    private SecretNames? _names;

    private PodSecrets(in SecretSearch search, ApiServerLink link, string node, string certificate)
    {
        _search = search;
        _link = link;
        _node = node;
        _certificate = certificate;
        _namespace = Encoding.ASCII.GetString(Claims.Namespace.Span);
        _pod = Encoding.UTF8.GetString(Claims.Pod.Span);
    }

    private ref readonly TokenClaims Claims => ref _search.Asker.Claims;

    /// <summary>NAMESPACE/NAME, for a line for people.</summary>
    private string PodText => $"{_namespace}/{_pod}";

    public static FetchedSecrets Fetch(ApiServerLinks links, in SecretSearch search, Deadline deadline)
    {
        var own = FetchOwn(links, search, deadline);
        if (own.Failure is not null || !search.HasShared)
        {
            return own;
        }

        // As the workload, and so on a connection of its own: RBAC says which pods a shared Secret is for.
        var shared = NamedSecrets.Fetch(links, search, new SecretNames().WithShared(search.Shared), deadline);
        return own with
        {
            Failure = shared.Failure, Count = own.Count + shared.Count, Use = own.Use.And(shared.Use), Shared = shared.Shared,
        };
    }

    private static FetchedSecrets FetchOwn(ApiServerLinks links, in SecretSearch search, Deadline deadline)
    {
        ref readonly var claims = ref search.Asker.Claims;
        if (claims.PodUid.IsEmpty || !SubdomainName.IsValid(claims.Pod.Span))
        {
            return new Failure(FailureCause.Pod,
                $"the token of ServiceAccount {claims.ServiceAccountText} is not bound to a pod, as the"
                + " kubelet's own are: --secrets pod has no imagePullSecrets to read");
        }

        var read = NodeCertificate.Read(search.Server.Target);
        if (!read.IsOk)
        {
            return read.Failure;
        }

        using (var certificate = read.Value)
        {
            var taken = links.Take(search.Server, certificate);
            if (!taken.IsOk)
            {
                return taken.Failure;
            }

            using var lease = taken.Value;
            return lease.Link.NodeName is { } node && SubdomainName.IsValid(Encoding.UTF8.GetBytes(node))
                ? new PodSecrets(search, lease.Link, node, certificate.Origin).Fetch(deadline)
                : new Failure(FailureCause.NodeIdentity,
                    $"the client certificate of {certificate.Origin} is no node's: its common name is not {NodeUser.Prefix}NAME;"
                    + " set --kubeconfig to the kubelet's");
        }
    }

    public Failure NotKnown() => new(FailureCause.NodeIdentity,
        $"{ApiServerFailure.Name(_search.Server.Target)} does not accept the client certificate of this node, {_certificate}"
        + " (401 Unauthorized): has it expired?");

    public Denial NotAllowed(int index) => new(
        _names is null
            ? $"node {_node} may not get pod {PodText}"
            : $"node {_node} may not get Secret {_names.All[index]} that pod {PodText} names in imagePullSecrets",
        ": a node may read its own pods and the Secrets that those name (--authorization-mode=Node); was the pod deleted?");

    private FetchedSecrets Fetch(Deadline deadline)
    {
        using var exchange = new ApiExchange();
        exchange.Start(_link, deadline);
        var path = Encoding.ASCII.GetBytes($"/api/v1/namespaces/{_namespace}/pods/{_pod}");
        using var questions = new ObjectQuestions(_link, [path], default, TakePod);
        var failure = Explain(exchange.Run(questions));
        if (failure is not null || _names is null)
        {
            return new FetchedSecrets { Failure = failure, Use = exchange.Use };
        }

        _names.Warn(_search.Notices, $"imagePullSecrets of pod {PodText}");
        if (_names.All.Count == 0)
        {
            return new FetchedSecrets { PodThatNamesNone = PodText, Use = exchange.Use };
        }

        using var secrets = new NamedSecrets(_search, _names);
        failure = Explain(secrets.Ask(exchange, _link, default));
        return new FetchedSecrets { Failure = failure, Count = secrets.Count, Use = exchange.Use };
    }

    private Failure? TakePod(int index, int status, ReadOnlySpan<byte> json)
    {
        if (status != 200)
        {
            return new Failure(FailureCause.Pod, $"pod {PodText} does not exist any more");
        }

        using var pod = new PodReader();
        if (!pod.Read(json) || !pod.Name.SequenceEqual(Claims.Pod.Span) || !pod.Namespace.SequenceEqual(Claims.Namespace.Span))
        {
            return ApiServerFailure.NotTheApiServer(_search.Server.Target, $"something other than pod {PodText}");
        }

        if (!pod.Uid.SequenceEqual(Claims.PodUid.Span))
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

    private Failure? Explain(in ApiEnd end) => ApiServerFailure.Of(_search.Server.Target, end, this);
}
