using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Bench.Stages;

/// <summary>The body of a LIST as the API server of the tests sends it.</summary>
internal static class SecretListBody
{
    public static byte[] Render(int secrets) => RenderAsync(secrets).GetAwaiter().GetResult();

    private static async Task<byte[]> RenderAsync(int secrets)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.Allow("team", "default").SetSecrets("team", new GeneratedSecrets(secrets, "mirror.example.com"));
        using var authority = X509Certificate2.CreateFromPem(server.Certificates.AuthorityPem);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new("Bearer", server.Cluster.Tokens.Issue("team", "default"));
        return await client.GetByteArrayAsync(
            $"{server.Url}/api/v1/namespaces/team/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson");
    }
}
