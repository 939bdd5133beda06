using System.Net;
using CsCheck;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Tests.Node;

public class ProxySelectionTests
{
    // The rules of Go's golang.org/x/net/http/httpproxy, written as a table.
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "api.example.com", true)]
    [InlineData("example.com", "notexample.com", false)]
    [InlineData(".example.com", "api.example.com", true)]
    [InlineData(".example.com", "example.com", false)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData(" Example.COM , x", "api.example.com", true)]
    [InlineData("example.com:6443", "example.com", true)]
    [InlineData("example.com:443", "example.com", false)]
    [InlineData("example.com:", "example.com", true)]
    [InlineData(":6443", "example.com", false)]
    [InlineData("x,*", "example.com", true)]
    [InlineData("*x", "example.com", false)]
    [InlineData("", "example.com", false)]
    [InlineData(",, ,", "example.com", false)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1:6443", "10.0.0.1", true)]
    [InlineData("10.0.0.1:80", "10.0.0.1", false)]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/33", "10.0.0.1", false)]
    [InlineData("10.0.0.0/08", "10.255.0.1", true)]
    [InlineData("10.0.0.0/008", "11.0.0.1", false)]
    [InlineData("10.0.0.0/00", "11.0.0.1", true)]
    [InlineData("10.0.0.0/032", "10.0.0.0", true)]
    [InlineData("10.0.0.0/033", "10.0.0.0", false)]
    [InlineData("10.0.0.0/", "10.0.0.0", false)]
    [InlineData("10.0.0.0/+8", "10.0.0.0", false)]
    [InlineData("010.0.0.0/8", "10.0.0.1", false)]
    [InlineData("fd00::/08", "fd12::1", true)]
    [InlineData("0.0.0.0/0", "11.0.0.1", true)]
    [InlineData("0.0.0.0/0", "fd00::1", false)]
    [InlineData("::/0", "11.0.0.1", false)]
    [InlineData("::/0", "fd00::1", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("FD00::1", "fd00:0:0::1", true)]
    [InlineData("[fd00::1]:6443", "fd00::1", true)]
    [InlineData("[fd00::1]", "fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "example.com", false)]
    [InlineData(".0.0.1", "10.0.0.1", true)]
    [InlineData("010.0.0.1", "10.0.0.1", false)]
    [InlineData("", "localhost", true)]
    [InlineData("", "127.8.8.8", true)]
    [InlineData("", "::1", true)]
    [InlineData("", "localhost.example.com", false)]
    public void No_proxy_is_read_as_Go_reads_it(string list, string host, bool exempt)
    {
        Assert.Equal(exempt, NoProxy.Exempts(list, host, "6443"));

        var (failure, proxy) = Select(host, ("HTTPS_PROXY", "proxy:3128"), ("NO_PROXY", list));
        Assert.Null(failure);
        Assert.Equal(exempt, proxy is null);
    }

    [Fact]
    public void A_network_holds_what_shares_its_leading_bits() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.Int[0, 32], Gen.Int[0, 32]).Sample((network, random, bits, shared) =>
        {
            // Half of the addresses must be near the network for the law to say something.
            var keep = shared == 0 ? 0 : uint.MaxValue << (32 - shared);
            var address = (network & keep) | (random & ~keep);
            var mask = bits == 0 ? 0 : uint.MaxValue << (32 - bits);
            var expected = (network & mask) == (address & mask) || address >> 24 == 127;

            Assert.Equal(expected, NoProxy.Exempts($"x,{Dotted(network)}/{bits}", Dotted(address), "443"));
        });

    [Fact]
    public void A_domain_exempts_whole_labels_only()
    {
        var label = Gen.String[Gen.Char["ab"], 1, 2];
        var name = label.Array[1, 4];
        Gen.Select(name, name, Gen.Bool).Sample((entry, host, isDotted) =>
        {
            var isSuffix = host.Length >= entry.Length && host.AsSpan(host.Length - entry.Length).SequenceEqual(entry);
            var expected = isSuffix && (!isDotted || host.Length > entry.Length);

            Assert.Equal(
                expected, NoProxy.Exempts((isDotted ? "." : "") + string.Join('.', entry), string.Join('.', host), "443"));
        });
    }

    [Theory]
    [InlineData("http://proxy.example.com", "proxy.example.com", 80, null)]
    [InlineData("HTTP://Proxy.example.com:3128/ignored?x", "proxy.example.com", 3128, null)]
    [InlineData("proxy.example.com:3128", "proxy.example.com", 3128, null)]
    [InlineData("http://[fd00::1]:3128", "fd00::1", 3128, null)]
    [InlineData("https://proxy.example.com", "proxy.example.com", 443, null)]
    [InlineData("HTTPS://user:p@proxy:3129", "proxy", 3129, "user:p")]
    [InlineData("socks5://proxy", "proxy", 1080, null)]
    [InlineData("socks5h://user:p@proxy:9050", "proxy", 9050, "user:p")]
    [InlineData("http://user:p@ss@proxy", "proxy", 80, "user:p@ss")]
    [InlineData("http://:p@proxy", "proxy", 80, ":p")]
    [InlineData("http://user:p%40ss%3A@10.0.0.1:3128", "10.0.0.1", 3128, "user:p@ss:")]
    [InlineData("http://user@proxy", "proxy", 80, "user:")]
    [InlineData("http://us%C3%A9r:a:b@proxy", "proxy", 80, "usér:a:b")]
    public void Proxies_are_taken(string value, string host, int port, string? credentials)
    {
        var (failure, proxy) = Select("api.example.com", ("HTTPS_PROXY", value));

        Assert.Null(failure);
        Assert.NotNull(proxy);
        Assert.Equal(host, proxy.Host);
        Assert.Equal(port, proxy.Port);
        Assert.Equal(
            credentials,
            proxy.BasicCredentials is { } basic ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(basic)) : null);
        Assert.DoesNotContain("user", proxy.ToString());
    }

    [Theory]
    [InlineData("http", "Http")]
    [InlineData("https", "Https")]
    [InlineData("socks5", "Socks5")]
    [InlineData("Socks5h", "Socks5")]
    public void The_scheme_is_the_kind(string scheme, string kind)
    {
        Assert.Equal(kind, Select("api.example.com", ("HTTPS_PROXY", $"{scheme}://proxy")).Proxy?.Kind.ToString());
        Assert.Equal(kind, Select("api.example.com", $"{scheme}://proxy", []).Proxy?.Kind.ToString());
        Assert.Null(Select("api.example.com", ("HTTPS_PROXY", $"{scheme}://proxy"), ("no_proxy", "example.com")).Proxy);
    }

    /// <summary>httpproxy takes any scheme with a host, and net/http speaks HTTP to what is no https and no socks5.</summary>
    [Theory]
    [InlineData("proxy://user:password@proxy.example.com:3128", "Http", "proxy.example.com:3128")]
    [InlineData("x-1.2+a://proxy:8080/", "Http", "proxy:8080")]
    [InlineData("ftp://proxy", null, null)]
    [InlineData("1x://proxy:3128", "Http", "1x:80")]
    [InlineData("://proxy:3128", null, null)]
    public void Another_scheme_is_http_where_a_port_is_there(string value, string? kind, string? server)
    {
        var (failure, proxy) = Select("api.example.com", ("HTTPS_PROXY", value));

        Assert.Null(failure);
        Assert.Equal(kind, proxy?.Kind.ToString());
        Assert.Equal(server, proxy?.ToString());
        Assert.NotNull(Select("api.example.com", value, []).Failure);
    }

    [Theory]
    [InlineData("http://alice:hun#ter2@proxy:3128")]
    [InlineData("http://alice:1#hunter2@proxy:3128")]
    [InlineData("http://alice:hun/ter2@proxy")]
    [InlineData("http://alice:1/hunter2@proxy")]
    [InlineData("http://alice:1?hunter2@proxy")]
    [InlineData("http://alice:p@hunter2#x@proxy:3128")]
    [InlineData("http://alice:p@hunter2/x@proxy:3128")]
    [InlineData("http//alice:hunter2@proxy:3128")]
    [InlineData("http:/alice:hunter2@proxy:3128")]
    [InlineData("alice:1#hunter2@proxy")]
    [InlineData("ftp://alice:hunter2@proxy")]
    [InlineData("socks4://alice:hunter2@proxy")]
    [InlineData("http://alice:hunter2%zz@proxy")]
    [InlineData("http://ali ce:hunter2@proxy")]
    [InlineData("http://alice:hunter2\\x@proxy")]
    [InlineData("https://alice:hunter2@")]
    [InlineData("socks5://alice:hunter2@pro xy")]
    [InlineData("socks5://alice:hunter2@proxy:99999")]
    public void Whatever_is_wrong_with_a_URL_no_part_of_its_login_is_said(string value)
    {
        var (ofEnvironment, proxy) = Select("api.example.com", ("HTTPS_PROXY", value));
        var (ofKubeconfig, _) = Select("api.example.com", value, []);

        Assert.Null(proxy);
        foreach (var message in new[] { ofEnvironment?.Message ?? "", ofKubeconfig!.Message })
        {
            Assert.DoesNotContain("alice", message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("hun", message, StringComparison.Ordinal);
            Assert.DoesNotContain("ter2", message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("NO_PROXY", ofKubeconfig.Message, StringComparison.Ordinal);
        Assert.Contains("proxy-url", ofKubeconfig.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://alice:p@ss#w/rd@proxy:3128")]
    [InlineData("http://proxy:3128/@path")]
    public void A_URL_whose_host_may_be_a_piece_of_its_password_is_refused(string value)
    {
        var (failure, _) = Select("api.example.com", ("https_proxy", value));

        Assert.Equal(FailureCause.NodeConfig, failure!.Cause);
        Assert.StartsWith("https_proxy has an @ behind its host", failure.Message, StringComparison.Ordinal);
        Assert.Contains("%23", failure.Message, StringComparison.Ordinal);
        Assert.Null(Select("api.example.com", ("https_proxy", value), ("NO_PROXY", "example.com")).Failure);
    }

    [Theory]
    [InlineData("ftp://proxy", "another scheme")]
    [InlineData("proxy:3128", "no scheme")]
    [InlineData("http://", "no valid URL")]
    public void A_proxy_url_that_is_none_says_what_is_needed(string value, string what)
    {
        var (failure, _) = Select("api.example.com", value, []);

        Assert.Contains(what, failure!.Message, StringComparison.Ordinal);
        Assert.Contains("socks5://HOST:PORT", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Upper_case_wins_if_it_is_not_empty()
    {
        Assert.Equal("a", Select("h", ("HTTPS_PROXY", "a"), ("https_proxy", "b")).Proxy?.Host);
        Assert.Equal("b", Select("h", ("HTTPS_PROXY", ""), ("https_proxy", "b")).Proxy?.Host);
        Assert.Null(Select("h", ("https_proxy", "b"), ("NO_PROXY", ""), ("no_proxy", "h")).Proxy);
        Assert.Null(Select("h", ("HTTP_PROXY", "a"), ("ALL_PROXY", "a")).Proxy);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://a b:3128")]
    [InlineData("proxy:port")]
    [InlineData("http://u%zz@proxy")]
    public void What_is_no_url_is_dropped_from_the_environment_and_refused_in_the_kubeconfig(string value)
    {
        Assert.Equal((null, null), Select("h", ("HTTPS_PROXY", value)));
        Assert.Equal("HTTPS_PROXY", IgnoredOf(value));
        Assert.NotNull(Select("h", value, []).Failure);
    }

    [Fact]
    public void The_kubeconfigs_proxy_beats_the_environment_and_no_proxy()
    {
        var (failure, proxy) = Select("localhost", "http://cluster-proxy:8080", [("HTTPS_PROXY", "other"), ("NO_PROXY", "*")]);

        Assert.Null(failure);
        Assert.Equal("cluster-proxy:8080", proxy?.ToString());
    }

    private static string Dotted(uint address) =>
        new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();

    private static (Failure? Failure, ProxyServer? Proxy) Select(string host, params (string, string)[] environment) =>
        Select(host, null, environment);

    private static (Failure? Failure, ProxyServer? Proxy) Select(
        string host, string? proxyUrl, (string Name, string Value)[] environment)
    {
        Assert.Null(ServerUrl.FromHostPort(host, "6443", out var url));
        var failure = ProxySelection.Select(
            url, proxyUrl, name => environment.FirstOrDefault(variable => variable.Name == name).Value, out var proxy, out _);
        return (failure, proxy);
    }

    private static string? IgnoredOf(string value)
    {
        Assert.Null(ServerUrl.FromHostPort("h", "6443", out var url));
        Assert.Null(ProxySelection.Select(url, null, name => name == "HTTPS_PROXY" ? value : null, out _, out var ignored));
        return ignored;
    }
}
