using System;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// The API server: that it is found and is who it should be, its clock, whether it knows the node, and whether nodes may ask for
/// tokens of the provider's audience.
/// </summary>
internal static class ApiServerChecks
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SmallDifference = TimeSpan.FromSeconds(10), LargeDifference = TimeSpan.FromMinutes(2);

    public static void Run(DoctorRun run)
    {
        AudienceCheck.Run(run);
        var discovery = run.Pull.ToApiServer(KubeletHint.Of(run.KubeletService));
        if (ApiServerRoute.Find(discovery, run.Variable, out var server) is { } notFound)
        {
            if (run.MayBeImage && discovery.MissingFile is { } missing)
            {
                run.Unknown(FindingId.ApiServer,
                    $"{missing} is not there yet; a node gets it when it joins its cluster", "run doctor on the node itself");
                return;
            }

            run.Problem(FindingId.ApiServer,
                notFound.Message,
                "every pull of a mirrored image fails with the same words");
            return;
        }

        if (!run.IsThisNode)
        {
            run.Note(FindingId.ApiServer,
                $"{ApiServerFailure.Name(server.Target)}, with the CA of {server.Target.CertificateAuthorityOrigin};"
                    + " not asked from here");
            return;
        }

        if (OpenSsl.Load() is not null)
        {
            run.Unknown(FindingId.ApiServer, "cannot be asked without libssl", "see openssl");
            return;
        }

        AskAsNode(run, server);
    }

    private static void AskAsNode(DoctorRun run, in ApiServerRoute server)
    {
        var read = NodeCertificate.Read(server.Target);
        using (var certificate = read.Value)
        {
            using var links = new ApiServerLinks();
            var taken = links.Take(server, certificate);
            if (!read.IsOk)
            {
                run.Unknown(FindingId.NodeIdentity,
                    read.Failure.Message,
                    "only --secrets pod and --events need it; without it the RBAC of nodes cannot be asked here");
            }

            if (!taken.IsOk)
            {
                run.Problem(FindingId.ApiServer, taken.Failure.Message, "mend it: every pull of a mirrored image needs it");
                return;
            }

            using var lease = taken.Value;
            Ask(run, lease.Link, server.Proxy);
        }
    }

    private static void Ask(DoctorRun run, ApiServerLink link, ProxyServer? proxy)
    {
        var server = link.Server;
        using var review = AccessReview.OfAudience(server.Url, run.Entry?.Audience ?? "");
        using var exchange = new ApiExchange();
        exchange.Start(link, Deadline.After(Budget));
        var via = proxy is null ? "" : $", through the proxy {proxy}";
        if (ApiServerFailure.Of(server, exchange.Run(review)) is { } failure)
        {
            run.Problem(FindingId.ApiServer,
                failure.Message + via,
                "every pull of a mirrored image fails with the same words");
            return;
        }

        var head = review.Head;
        run.Ok(FindingId.ApiServer,
            $"{ApiServerFailure.Name(server)} answers, and its certificate is of the CA of"
                + $" {server.CertificateAuthorityOrigin}{via}");
        CheckClock(run, head.Date);
        CheckIdentity(run, link, head.Status);
        if (run.Entry is { Audience.Length: > 0 } entry && link.ClientName.Length > 0 && head.Status != 401)
        {
            CheckReview(run, entry.Audience, head.Status, review.IsAllowed);
        }

        SharedSecretChecks.Run(run, link, Budget);
    }

    private static void CheckClock(DoctorRun run, DateTime? serverUtc)
    {
        if (serverUtc is not { } server)
        {
            run.Unknown(FindingId.Clock, "the API server does not say what time it is");
            return;
        }

        var difference = DateTime.UtcNow - server;
        var side = difference > TimeSpan.Zero ? "ahead of" : "behind";
        var words = $"the clock of this node is {Math.Abs(difference.TotalSeconds):0} s {side} the API server's";
        if (difference.Duration() < SmallDifference)
        {
            // The server says whole seconds.
            run.Ok(FindingId.Clock, difference.Duration().TotalSeconds < 2
                ? "the clock of this node agrees with the API server's" : words);
        }
        else if (difference.Duration() < LargeDifference)
        {
            run.Warn(FindingId.Clock,
                words,
                "chronyc tracking or timedatectl: fresh certificates and tokens may not be valid yet");
        }
        else
        {
            run.Problem(FindingId.Clock,
                words,
                "set the clock (chronyc makestep): certificates and tokens are not valid yet, or no longer");
        }
    }

    private static void CheckIdentity(DoctorRun run, ApiServerLink link, int status)
    {
        var name = link.ClientName;
        if (name.Length == 0)
        {
            return;
        }

        if (status == 401)
        {
            run.Problem(FindingId.NodeIdentity,
                $"the API server does not accept the client certificate of the kubelet's kubeconfig ({name})",
                "it has expired, or another CA signed it: look at the kubelet's own log");
        }
        else if (link.NodeName is null)
        {
            run.Warn(FindingId.NodeIdentity,
                $"the client certificate of the kubeconfig is {name}, not a node's",
                "give the provider the kubelet's own kubeconfig with --kubeconfig");
        }
        else
        {
            run.Ok(FindingId.NodeIdentity, $"the API server knows this node as {name}");
        }
    }

    private static void CheckReview(DoctorRun run, string audience, int status, bool? isAllowed)
    {
        if (isAllowed is null)
        {
            run.Unknown(FindingId.AudienceRbac,
                $"the API server did not say whether this node may ask for tokens of {audience} (status {status})",
                $"kubectl auth can-i request-serviceaccounts-token-audience {audience} --as system:node:NAME --as-group"
                    + " system:nodes");
        }
        else if (isAllowed is false)
        {
            run.Problem(FindingId.AudienceRbac,
                $"this node may not ask for tokens of {audience} in every namespace: the kubelet then never runs the"
                    + " provider, and only its own log says why",
                "fast-provider generate rbac | kubectl apply -f -,"
                    + " unless RoleBindings in single namespaces are meant to allow it");
        }
        else
        {
            run.Ok(FindingId.AudienceRbac, $"this node may ask for tokens of {audience}");
        }
    }
}
