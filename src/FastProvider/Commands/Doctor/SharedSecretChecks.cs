using System;
using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// The Secrets that a platform shares: who may read them. Whether they exist a node does not get to know, as the API server
/// refuses it every Secret that no pod of the node names (kubernetes, plugin/pkg/auth/authorizer/node).
/// </summary>
internal static class SharedSecretChecks
{
    /// <param name="run">The look at the node.</param>
    /// <param name="link">To the API server, as the node.</param>
    /// <param name="budget">How long to wait for each answer.</param>
    public static void Run(DoctorRun run, ApiServerLink link, TimeSpan budget)
    {
        var shared = run.Pull.SharedSecrets;
        if (shared.Length == 0)
        {
            return;
        }

        var account = run.ServiceAccount ?? "default";
        if (run.Namespace is not { } ns)
        {
            run.Note(FindingId.SharedSecrets,
                $"pulls ask for {string.Join(", ", shared)}; fast-provider doctor --namespace NS says whether the pods of a"
                    + " namespace may read them");
            return;
        }

        List<string> allowed = [], denied = [];
        foreach (var secret in shared)
        {
            if (secret.Namespace == ns)
            {
                continue; // its pods list it with their own
            }

            using var review = AccessReview.OfSecret(link.Server.Url, ns, account, secret);
            using var exchange = new ApiExchange();
            exchange.Start(link, Deadline.After(budget));
            var failure = ApiServerFailure.Of(link.Server, exchange.Run(review));
            if (failure is null && review.IsAllowed is { } isAllowed)
            {
                (isAllowed ? allowed : denied).Add($"{secret}");
                continue;
            }

            run.Unknown(FindingId.SharedSecrets,
                failure?.Message ?? $"the API server did not say whether ServiceAccount {ns}/{account} may get Secret {secret}"
                    + $" (status {review.Head.Status})",
                $"kubectl auth can-i get secret/{secret.Name} -n {secret.Namespace} --as system:serviceaccount:{ns}:{account}");
        }

        Say(run, ns, account, allowed, denied);
    }

    private static void Say(DoctorRun run, string ns, string account, List<string> allowed, List<string> denied)
    {
        var who = $"ServiceAccount {ns}/{account}";
        var may = allowed.Count > 0 ? $"{who} may get {string.Join(", ", allowed)}" : "";
        if (denied.Count > 0)
        {
            run.Note(FindingId.SharedSecrets,
                $"{(may.Length > 0 ? $"{may}, and not" : $"{who} may not get")} {string.Join(", ", denied)}",
                "if it should: fast-provider generate rbac --shared-secret"
                    + $" {string.Join(',', denied)} --namespace {ns}"
                    + $"{(run.ServiceAccount is null ? "" : $" --service-account {account}")} | kubectl apply -f -");
        }
        else if (allowed.Count > 0)
        {
            run.Ok(FindingId.SharedSecrets, may);
        }
    }
}
