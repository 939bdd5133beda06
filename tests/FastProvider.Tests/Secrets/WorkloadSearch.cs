using System.Text;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Tests.Secrets;

/// <summary>One pull of a workload of <c>team-a</c> that looks for the credential of one endpoint.</summary>
internal sealed class WorkloadSearch : IDisposable
{
    public const string Repository = "reg.example.com/team/app";

    private readonly SecretBuffer _values = new();
    private readonly EndpointCredential _endpoint = new(Encoding.UTF8.GetBytes(Repository));

    public WorkloadSearch(KubeApiServer server, ProxyServer? proxy = null)
    {
        var token = Encoding.ASCII.GetBytes(server.Cluster.Tokens.Issue("team-a", "puller"));
        Assert.Null(TokenClaims.Read(token, _values, out var claims));
        Search = new SecretSearch(new ApiServerRoute(TargetOf(server), proxy), new Asker(claims, token), [_endpoint], Notices);
    }

    public SecretNotices Notices { get; } = new();

    public SecretSearch Search { get; }

    /// <summary>What the endpoint got.</summary>
    public string Found => AuthDocuments.Describe(_endpoint);

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
        _endpoint.Dispose();
        _values.Dispose();
    }
}
