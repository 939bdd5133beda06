using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// What a server's certificate and those above it must say before the server hears a byte. Each fault is the only one of a chain:
/// the same chain without it is heard (<see cref="A_chain_in_good_order_is_sent_the_request"/>), so what is refused is the fault.
/// </summary>
public sealed class ServerCertificateTests
{
    private const string Host = "api.cluster.invalid";
    private const string NotForHost = "its certificate is not for " + Host,
        NotSigned = "its certificate is not signed by the cluster's CA";
    private const string Expired = "its certificate has expired", NotYet = "its certificate is not valid yet";
    private const string NotForServers = "is not one for servers";

    // This server never answers, so a run whose request it has heard waits so long.
    private const string Short = "4s";

    private static readonly CertificateShape Leaf = new() { Names = [Host] };
    private static readonly CertificateShape Intermediate = CertificateShape.Authority("k8s-intermediate-ca");
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.UtcNow.AddDays(-1),
        Tomorrow = DateTimeOffset.UtcNow.AddDays(1);

    // Who is between the CA that the node knows and the server, from the top; the last is the server's.
    private static readonly Dictionary<string, (CertificateShape[] Chain, string Cause)> Refused = new()
    {
        ["the name in its subject only"] = ([new() { Subject = "CN=" + Host }], NotForHost),
        ["the name in its subject, an address beside it"] =
            ([new() { Subject = "CN=" + Host, Names = ["127.0.0.1"] }], NotForHost),
        ["another name"] = ([Leaf with { Names = ["api.cluster.invalid.example.com", "cluster.invalid"] }], NotForHost),
        ["a partial wildcard at the end"] = ([Leaf with { Names = ["a*.cluster.invalid"] }], NotForHost),
        ["a partial wildcard at the beginning"] = ([Leaf with { Names = ["*i.cluster.invalid"] }], NotForHost),
        ["a partial wildcard around"] = ([Leaf with { Names = ["a*i.cluster.invalid"] }], NotForHost),
        ["a wildcard in the middle"] = ([Leaf with { Names = ["api.*.invalid"] }], NotForHost),
        ["a wildcard for two labels"] = ([Leaf with { Names = ["*.invalid"] }], NotForHost),
        ["a certificate that has expired"] = ([Leaf with { Expires = Yesterday }], Expired),
        ["a certificate that begins tomorrow"] = ([Leaf with { Begins = Tomorrow }], NotYet),
        ["a certificate for clients"] = ([Leaf with { Purpose = CertificateShape.ClientPurpose }], NotForServers),
        ["an extension that nobody knows and that counts"] =
            ([Leaf with { Extensions = [new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], critical: true)] }], NotSigned),
        ["a signature of SHA-1"] = ([Leaf with { Hash = HashAlgorithmName.SHA1 }], NotSigned),
        ["a key of 1024 bits"] = ([Leaf with { RsaBits = 1024 }], NotSigned),
        ["an intermediate that has expired"] = ([Intermediate with { Expires = Yesterday }, Leaf], Expired),
        ["an intermediate that begins tomorrow"] = ([Intermediate with { Begins = Tomorrow }, Leaf], NotYet),
        ["an intermediate that is no CA"] = ([Intermediate with { IsAuthority = false }, Leaf], NotSigned),
        ["an intermediate that does not say it is a CA"] = ([Intermediate with { IsAuthority = null }, Leaf], NotSigned),
        ["a serving certificate as a CA"] = ([Leaf, Leaf], NotSigned),
        ["an intermediate that may not sign"] =
            ([Intermediate with { KeyUsage = X509KeyUsageFlags.DigitalSignature }, Leaf], NotSigned),
        ["an intermediate for clients"] = ([Intermediate with { Purpose = CertificateShape.ClientPurpose }, Leaf], NotForServers),
        ["a CA below one that allows none"] =
            ([Intermediate with { PathLength = 0 }, CertificateShape.Authority("third"), Leaf], NotSigned),
        ["a name outside of what the CA may sign"] =
        (
            [
                Intermediate with { Extensions = [CertificateShape.NameConstraint(isPermitted: true, "other.invalid")] },
                Leaf
            ], NotSigned),
        ["a name that the CA may not sign"] =
        (
            [
                Intermediate with { Extensions = [CertificateShape.NameConstraint(isPermitted: false, "cluster.invalid")] },
                Leaf
            ], NotSigned),
        ["an address that the CA may not sign, beside the name"] =
        (
            [
                Intermediate with { Extensions = [CertificateShape.NameConstraint(isPermitted: true, "10.0.0.0")] },
                Leaf with { Names = [Host, "127.0.0.1"] },
            ], NotSigned),
    };

    private static readonly Dictionary<string, CertificateShape[]> Accepted = new()
    {
        ["one certificate"] = [Leaf],
        ["a wildcard for one label"] = [Leaf with { Names = ["*.cluster.invalid"] }],
        ["no purpose at all"] = [Leaf with { Purpose = null }],
        ["a key of 2048 bits"] = [Leaf with { RsaBits = 2048 }],
        ["an intermediate"] = [Intermediate, Leaf],
        ["an intermediate for servers"] = [Intermediate with { Purpose = CertificateShape.ServerPurpose }, Leaf],
        ["a CA below one that allows it"] = [Intermediate with { PathLength = 1 }, CertificateShape.Authority("third"), Leaf],
        ["a name that the CA may sign"] =
            [Intermediate with { Extensions = [CertificateShape.NameConstraint(isPermitted: true, "cluster.invalid")] }, Leaf],
        ["a name beside what the CA may not sign"] =
            [Intermediate with { Extensions = [CertificateShape.NameConstraint(isPermitted: false, "other.invalid")] }, Leaf],
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> AcceptedNames => [.. Accepted.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_chain_with_a_fault_is_sent_nothing(string fault)
    {
        using var authority = IssuedCertificate.SelfSigned(CertificateShape.Authority());
        var (chain, cause) = Refused[fault];

        var (line, heard) = await AskAsync(authority.Pem, authority, chain);

        Assert.Contains(cause, line, StringComparison.Ordinal);
        HearsNothing(heard);
    }

    [Theory]
    [MemberData(nameof(AcceptedNames))]
    public async Task A_chain_in_good_order_is_sent_the_request(string what)
    {
        using var authority = IssuedCertificate.SelfSigned(CertificateShape.Authority());

        var (_, heard) = await AskAsync(authority.Pem, authority, Accepted[what], timeout: Short);

        HearsTheRequest(heard);
    }

    [Fact]
    public async Task An_intermediate_CA_in_the_nodes_file_is_trusted_without_its_root_as_the_kubelet_trusts_it()
    {
        using var root = IssuedCertificate.SelfSigned(CertificateShape.Authority("root"));
        using var intermediate = root.Issue(Intermediate);

        var (_, heard) = await AskAsync(intermediate.Pem, intermediate, [Leaf], timeout: Short);

        HearsTheRequest(heard);
    }

    [Theory]
    [InlineData("expired", Expired)]
    [InlineData("no CA", NotSigned)]
    [InlineData("may not sign", NotSigned)]
    [InlineData("another of the same name", NotSigned)]
    public async Task A_CA_of_the_nodes_file_counts_only_if_it_is_one(string fault, string cause)
    {
        var good = CertificateShape.Authority();
        using var authority = IssuedCertificate.SelfSigned(fault switch
        {
            "expired" => good with { Expires = Yesterday },
            "no CA" => good with { IsAuthority = false },
            "may not sign" => good with { KeyUsage = X509KeyUsageFlags.DigitalSignature },
            _ => good,
        });
        using var namesake = IssuedCertificate.SelfSigned(good);

        var (line, heard) = await AskAsync((fault == "another of the same name" ? namesake : authority).Pem, authority, [Leaf]);

        Assert.Contains(cause, line, StringComparison.Ordinal);
        HearsNothing(heard);
    }

    [Fact]
    public async Task What_the_system_trusts_does_not_count()
    {
        using var authority = IssuedCertificate.SelfSigned(CertificateShape.Authority());
        using var stranger = IssuedCertificate.SelfSigned(CertificateShape.Authority("stranger"));

        var (line, heard) = await AskAsync(stranger.Pem, authority, [Leaf], systemPem: authority.Pem);

        Assert.Contains(NotSigned, line, StringComparison.Ordinal);
        HearsNothing(heard);
    }

    // To print the name that a client asks for, the server wants a certificate for it of its own.
    [Theory]
    [InlineData($"Hostname in TLS extension: \"{Host}\"", "-servername", Host, "-cert2", "server.pem", "-key2", "server.pem")]
    [InlineData("ALPN protocols advertised by the client: http/1.1\n", "-alpn", "http/1.1")]
    public async Task The_greeting_names_the_host_and_HTTP_1_1_alone(string printed, params string[] flags)
    {
        using var authority = IssuedCertificate.SelfSigned(CertificateShape.Authority());

        var (_, heard) = await AskAsync(authority.Pem, authority, [Leaf], timeout: Short, flags: flags);

        Assert.Contains(printed, heard, StringComparison.Ordinal);
        HearsTheRequest(heard);
    }

    /// <summary>Whether another program refuses the fault as the published one does.</summary>
    internal static async Task RefusesAsync(string fault, string binary, IReadOnlyDictionary<string, string> environment)
    {
        using var authority = IssuedCertificate.SelfSigned(CertificateShape.Authority());
        var (chain, cause) = Refused[fault];

        var (line, heard) = await AskAsync(authority.Pem, authority, chain, binary: binary, more: environment);

        Assert.Contains(cause, line, StringComparison.Ordinal);
        HearsNothing(heard);
    }

    /// <summary>One run over a proxy against a server that shows the chain: its line, and what the server printed.</summary>
    private static async Task<(string Line, string Heard)> AskAsync(
        string trustedPem, IssuedCertificate authority, CertificateShape[] chain, string? systemPem = null,
        string timeout = "20s", string? binary = null, IReadOnlyDictionary<string, string>? more = null,
        params string[] flags)
    {
        await using var scene = await PullScene.StartAsync();
        var trusted = Path.Combine(scene.Node.Root, "trusted.crt");
        await File.WriteAllTextAsync(trusted, trustedPem);
        var issued = new List<IssuedCertificate>();
        foreach (var shape in chain)
        {
            issued.Add((issued.Count == 0 ? authority : issued[^1]).Issue(shape));
        }

        scene.Timeout = timeout;
        var environment = new Dictionary<string, string>(more ?? new Dictionary<string, string>());
        if (systemPem is not null)
        {
            environment["SSL_CERT_FILE"] = Path.Combine(scene.Node.Root, "system.crt");
            await File.WriteAllTextAsync(environment["SSL_CERT_FILE"], systemPem);
        }

        var above = string.Concat(issued.SkipLast(1).Reverse().Select(certificate => certificate.Pem));
        var server = await OpenSslServer.StartAsync(
            issued[^1].Pem + issued[^1].KeyPem, above, scene.Node.Pki, ["-cipher", "DEFAULT@SECLEVEL=0", .. flags]);
        string line;
        await using (server)
        {
            await using var proxy = ConnectProxy.Start(new Dictionary<string, int> { [Host + ":6443"] = server.Port });
            environment["HTTPS_PROXY"] = proxy.Url;
            var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token),
                scene.Arguments("--api-server", $"https://{Host}:6443", "--certificate-authority", trusted), environment, binary);
            line = run.Fails();
            Assert.NotEmpty(proxy.Tunnels);
        }

        issued.ForEach(certificate => certificate.Dispose());
        Assert.Empty(scene.Node.AuthDirNames());
        return (line, await server.Output);
    }

    // A message must not show what was heard.
    private static void HearsNothing(string heard)
    {
        Assert.False(heard.Contains("GET ", StringComparison.Ordinal), "The server heard a request.");
        Assert.False(heard.Contains("Bearer", StringComparison.OrdinalIgnoreCase), "The server heard a token.");
    }

    private static void HearsTheRequest(string heard)
    {
        Assert.True(
            heard.Contains("GET /api/v1/namespaces/team-a/secrets", StringComparison.Ordinal), "The server heard no request.");
        Assert.True(heard.Contains("Authorization: Bearer ", StringComparison.Ordinal), "The server heard no token.");
    }
}
