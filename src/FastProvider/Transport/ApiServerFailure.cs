using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Token;

namespace FastProvider.Transport;

/// <summary>The words for what goes wrong with the API server, whatever was asked of it.</summary>
internal static class ApiServerFailure
{
    public static string Name(ApiServerTarget server) => $"API server {server.Url.Authority} (from {server.UrlOrigin})";

    /// <summary>" (after N tries)", or nothing after one.</summary>
    public static string After(int tries) => tries > 1 ? $" (after {tries} tries)" : "";

    private static Failure Of(ApiServerTarget server, ConnectionFault fault, int tries)
    {
        if (fault.Kind is FaultKind.Local)
        {
            return new Failure(FailureCause.NodeConfig, $"no connection to {Name(server)} can be opened: {fault.What}");
        }

        var advice = fault.Advice
            ?? (fault.Kind is FaultKind.Untrusted ? $"; check the address, and the CA ({server.CertificateAuthorityOrigin})" : "")
            + (server.IgnoredProxy is { } ignored
                ? $"; {ignored} is no valid URL of a proxy, so none is asked, as the kubelet has it: percent-encode its user and"
                    + " password"
                : "");
        var cause = fault.Kind switch
        {
            FaultKind.Unreachable => FailureCause.ApiUnreachable,
            FaultKind.Broken => FailureCause.ApiBroken,
            FaultKind.Late => FailureCause.ApiLate,
            _ => FailureCause.ApiUntrusted,
        };
        var message = $"cannot reach {Name(server)}: {fault.What}{After(tries)}{advice}";
        return fault.Kind is FaultKind.Refused ? new Failure(FailureCause.NodeConfig, message) : Unavailable(cause, message);
    }

    /// <summary>Why an exchange did not end well: the one place that explains a status.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="end">How the exchange ended.</param>
    /// <param name="refusal">The words of who asked for 401 and 403; without them these are errors like others.</param>
    /// <returns>Null if it is done.</returns>
    public static Failure? Of(ApiServerTarget server, in ApiEnd end, IRefusalWords? refusal = null) => end.Kind switch
    {
        ApiEndKind.Done => null,
        ApiEndKind.Hopeless => end.Failure,
        ApiEndKind.Broken => Of(server, end.Fault!, end.Tries),
        _ when refusal is not null && end.Status == 401 => refusal.NotKnown(),
        _ when refusal is not null && end.Status == 403 => Forbidden(refusal.NotAllowed(end.Index), end),
        _ => OfStatus(server, end),
    };

    /// <summary>"; the API server says: ...", or nothing if it gave no reason.</summary>
    private static string Words(in ApiEnd end) => end.Message.Length > 0 ? $"; the API server says: {end.Message}" : "";

    /// <summary>The time was spent here, not by the API server.</summary>
    public static Failure SlowNode(ApiServerLink link, TimeSpan elapsed, TimeSpan onThisNode) => new(FailureCause.SlowNode,
        $"this node is too slow for what {Name(link.Server)} answers: reading {link.BytesRead} bytes took"
        + $" {onThisNode.TotalSeconds:0.0} of {elapsed.TotalSeconds:0.0} s;"
        + " see what takes its CPU, raise --timeout, or let workloads name their Secrets"
        + " (--secrets annotation)");

    private static Failure OfStatus(ApiServerTarget server, in ApiEnd end)
    {
        var answered = $"{Name(server)} answered with status {end.Status}{After(end.Tries)}"
            + (end.Message.Length > 0 ? $": {end.Message}" : "");
        return end.Status switch
        {
            >= 300 and < 400 => new Failure(FailureCause.NotTheApiServer,
                $"{Name(server)} answered with a redirect (status {end.Status}), which is never followed:"
                + " the token goes to the API server alone; is the address that of the API server?"),
            429 => Unavailable(FailureCause.ApiOverloaded,
                $"{Name(server)} has no room for the request (status 429){After(end.Tries)}:"
                    + " it is overloaded, the next try may succeed"),
            >= 500 => Unavailable(FailureCause.ApiError, answered),
            _ => new Failure(FailureCause.ApiError, answered),
        };
    }

    private static Failure Unavailable(FailureCause cause, string message) => new(cause, message)
    {
        ForTenant = new TenantNote(
            EventReason.Unavailable, "the API server did not answer this node, so no Secret was read; the kubelet tries again"),
    };

    /// <summary>The tenant is told who may not do what, and not the API server's own words: the note is short.</summary>
    private static Failure Forbidden(in Denial denial, in ApiEnd end) =>
        new(FailureCause.Forbidden, $"{denial.What} (403 Forbidden){After(end.Tries)}{denial.Advice}{Words(end)}")
        {
            ForTenant = new TenantNote(EventReason.Forbidden, $"{denial.What} (403 Forbidden){denial.Advice}"),
        };

    /// <summary>401 for a token.</summary>
    public static Failure TokenRefused(ApiServerTarget server, in TokenClaims claims) => new(
        FailureCause.TokenRefused,
        $"{Name(server)} does not accept the token of ServiceAccount {claims.ServiceAccountText} (401 Unauthorized): its aud is"
        + $" \"{Encoding.UTF8.GetString(claims.Audiences.Span)}\" and its iss \"{Encoding.UTF8.GetString(claims.Issuer.Span)}\";"
        + " set serviceAccountTokenAudience of this provider in the kubelet's CredentialProviderConfig to the API server's"
        + " own audience, and check that the token has not expired (the clock of this node)");

    public static Failure NotTheApiServer(ApiServerTarget server, string what) => new(
        FailureCause.NotTheApiServer,
        $"API server {server.Url.Authority} answered {what}: is the address of {server.UrlOrigin} that of the API server?");
}
