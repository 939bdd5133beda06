using System.Text;
using CsCheck;
using FastProvider.Commands.Explain.Probe;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>URLs of realms and redirects, which a stranger writes into a header.</summary>
public sealed class WebAddressTests
{
    [Theory]
    [InlineData("https://auth.example.com/token?a=b#c", "auth.example.com:443", "/token?a=b")]
    [InlineData("HTTPS://Auth.Example.com:8443", "auth.example.com:8443", "/")]
    [InlineData("http://[::1]?x", "[::1]:80", "/?x")]
    public void A_url_is_taken_apart(string url, string host, string target)
    {
        var address = WebAddress.Parse(Encoding.Latin1.GetBytes(url))!;

        Assert.Equal((host, target), (address.ToString(), address.Target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host/")]
    [InlineData("//host/")]
    [InlineData("https:/host")]
    [InlineData("https://")]
    [InlineData("https://user@host/")]
    [InlineData("https://host:0/")]
    [InlineData("https://host:99999/")]
    [InlineData("https://host/a b")]
    [InlineData("https://host/a\r\nX: y")]
    [InlineData("https://host/\u00e9")]
    [InlineData("https://h\u00f6st/")]
    [InlineData("https://127.1/")]
    public void What_is_none_is_refused(string url) => Assert.Null(WebAddress.Parse(Encoding.Latin1.GetBytes(url)));

    [Theory]
    [InlineData("/other", "host.example:5000", "/other")]
    [InlineData("https://elsewhere.example/x", "elsewhere.example:443", "/x")]
    public void A_location_is_whole_or_a_path(string location, string host, string target)
    {
        var address = WebAddress.Of("host.example:5000", isTls: true, "/v2/")!.Resolve(Encoding.ASCII.GetBytes(location))!;

        Assert.Equal((host, target), (address.ToString(), address.Target));
    }

    [Theory]
    [InlineData("//elsewhere.example/x")]
    [InlineData("other")]
    [InlineData("")]
    public void Another_location_is_refused(string location) =>
        Assert.Null(WebAddress.Of("host.example", isTls: true, "/v2/")!.Resolve(Encoding.ASCII.GetBytes(location)));

    [Fact]
    public void Nothing_ends_the_request_line() => Gen.String[Gen.Char['\0', '\u00ff'], 0, 12].Sample(rest =>
    {
        var address = WebAddress.Parse(Encoding.Latin1.GetBytes($"https://host/{rest}"));

        Assert.True(address is null || (address.Target.StartsWith('/') && address.Target.All(c => c is > ' ' and < '\u007f')));
    });
}
