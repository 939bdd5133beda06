using System.Text;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Tests.Secrets;

/// <summary>One pull of a workload of <c>team-a</c> that looks for the credentials of its endpoints, by default of one.</summary>
internal sealed class WorkloadSearch : IDisposable
{
    public const string Repository = "reg.example.com/team/app";

    private readonly SecretBuffer _values = new();
    private readonly EndpointCredential[] _endpoints;

    public WorkloadSearch(KubeApiServer server, ProxyServer? proxy = null, EndpointCredential[]? endpoints = null)
    {
        _endpoints = endpoints ?? [new(Encoding.UTF8.GetBytes(Repository))];
        var token = Encoding.ASCII.GetBytes(server.Cluster.Tokens.Issue("team-a", "puller"));
        Assert.Null(TokenClaims.Read(token, _values, out var claims));
        Search = new SecretSearch(new ApiServerRoute(TargetOf(server), proxy), new Asker(claims, token), _endpoints, Notices);
    }

    public SecretNotices Notices { get; } = new();

    public SecretSearch Search { get; }

    /// <summary>What the first endpoint got.</summary>
    public string Found => AuthDocuments.Describe(_endpoints[0]);

    /// <summary>What each endpoint got.</summary>
    public IEnumerable<string> AllFound => _endpoints.Select(AuthDocuments.Describe);

    public static ApiServerTarget TargetOf(KubeApiServer server)
    {
        Assert.Null(ServerUrl.Parse(server.Url, out var url));
        return new ApiServerTarget
        {
            Url = url,
            TlsServerName = url.Host,
            CertificateAuthorityPem = Encoding.ASCII.GetBytes(server.Certificates.AuthorityPem),
            UrlOrigin = "test",
            CertificateAuthorityOrigin = "test",
        };
    }

    public void Dispose()
    {
        Array.ForEach(_endpoints, endpoint => endpoint.Dispose());
        _values.Dispose();
    }
}
