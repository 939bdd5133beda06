using System.Text;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>The bytes of a request.</summary>
public sealed class ApiRequestTests
{
    [Theory]
    [InlineData("https://api.example.com:6443", "", "api.example.com:6443")]
    [InlineData("https://rancher.example.com/k8s/clusters/c-1/", "/k8s/clusters/c-1", "rancher.example.com")]
    public void A_path_of_the_server_stands_before_that_of_the_request(string server, string basePath, string host) =>
        Assert.Equal(
            $"GET {basePath}/api/v1/secrets?limit=5&resourceVersion=0&timeout=19s HTTP/1.1\r\nHost: {host}\r\n"
                + $"User-Agent: fast-provider/{BuildVersion.Value}\r\nAccept: application/json\r\n"
                + "Authorization: Bearer t\r\n\r\n",
            Bytes(server, new ApiRequest("GET"u8, "/api/v1/secrets"u8)
            {
                Query = "limit=5"u8, FromCache = true, Token = "t"u8,
            }));

    [Fact]
    public void A_body_has_its_type_and_length() => Assert.Equal(
        "POST /events?timeout=19s HTTP/1.1\r\nHost: h\r\n"
            + $"User-Agent: fast-provider/{BuildVersion.Value}\r\nAccept: application/json\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        Bytes("https://h", new ApiRequest("POST"u8, "/events"u8) { ContentType = "application/json"u8, Body = "{}"u8 }));

    private static string Bytes(string server, in ApiRequest request)
    {
        Assert.Null(ServerUrl.Parse(server, out var url));
        using var requests = new SecretBuffer();
        request.AppendTo(requests, url, TimeSpan.FromSeconds(19.9));
        return Encoding.UTF8.GetString(requests.WrittenSpan);
    }
}
