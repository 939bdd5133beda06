using System.Text;
using FastProvider.Events;
using FastProvider.Node;
using FastProvider.Token;

namespace FastProvider.Transport;

/// <summary>The words for what goes wrong with the API server, whatever was asked of it.</summary>
internal static class ApiServerFailure
{
    public static string Name(ApiServerTarget server) => $"API server {server.Url.Authority} (from {server.UrlOrigin})";

    /// <summary>" (after N tries)", or nothing after one.</summary>
    public static string After(int tries) => tries > 1 ? $" (after {tries} tries)" : "";

    public static Failure Of(ApiServerTarget server, ConnectionFault fault, int tries)
    {
        var advice = fault.Kind is FaultKind.Untrusted
            ? $"; check the address, and the CA ({server.CertificateAuthorityOrigin})"
            : "";
        var cause = fault.Kind switch
        {
            FaultKind.Unreachable => FailureCause.ApiUnreachable,
            FaultKind.Broken => FailureCause.ApiBroken,
            FaultKind.Late => FailureCause.ApiLate,
            _ => FailureCause.ApiUntrusted,
        };
        return Unavailable(cause, $"cannot reach {Name(server)}: {fault.What}{After(tries)}{advice}");
    }

    /// <summary>For a status that says nothing about who asked.</summary>
    public static Failure Of(ApiServerTarget server, int status, int tries) => status switch
    {
        >= 300 and < 400 => new Failure(FailureCause.NotTheApiServer,
            $"{Name(server)} answered with a redirect (status {status}), which is never followed:"
            + " the token goes to the API server alone; is the address that of the API server?"),
        429 => Unavailable(FailureCause.ApiOverloaded,
            $"{Name(server)} has no room for the request (status 429){After(tries)}: it is overloaded, the next try may succeed"),
        >= 500 => Unavailable(FailureCause.ApiError, $"{Name(server)} answered with status {status}{After(tries)}"),
        _ => new Failure(FailureCause.ApiError, $"{Name(server)} answered with status {status}{After(tries)}"),
    };

    private static Failure Unavailable(FailureCause cause, string message) => new(cause, message)
    {
        ForTenant = new TenantNote(
            EventReason.Unavailable, "the API server did not answer this node, so no Secret was read; the kubelet tries again"),
    };

    /// <summary>403.</summary>
    public static Failure Forbidden(string what, int tries, string advice) =>
        new(FailureCause.Forbidden, $"{what} (403 Forbidden){After(tries)}{advice}")
        {
            ForTenant = new TenantNote(EventReason.Forbidden, $"{what} (403 Forbidden){advice}"),
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
