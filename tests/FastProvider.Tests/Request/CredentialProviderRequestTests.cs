using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Request;

namespace FastProvider.Tests.Request;

public sealed class CredentialProviderRequestTests
{
    private const string Kind = "\"kind\":\"CredentialProviderRequest\"";
    private const string Version = "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\"";
    private const string Image = "\"image\":\"registry.example.com:5000/team/app\"";

    [Fact]
    public void A_recorded_request_of_a_kubelet_is_read()
    {
        var json = File.ReadAllBytes(TestData.Path("recordings", "kubelet", "request.json"));
        using var document = JsonDocument.Parse(json);

        var (failure, image, token) = Read(json);

        Assert.Null(failure);
        Assert.Equal(document.RootElement.GetProperty("image").GetString(), image);
        Assert.True(document.RootElement.GetProperty("serviceAccountToken").GetString() == token, "The token was changed.");
    }

    [Theory]
    [InlineData($"{{{Kind},{Version},{Image}}}", "")]
    [InlineData($"{{{Image},{Version},{Kind}}}", "")]
    [InlineData($" \r\n\t{{ {Kind} , {Version} , {Image} }} \r\n", "")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":null}}", "")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":\"\"}}", "")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":\"a.b.c\"}}", "a.b.c")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":\"\\u0061.b\\u002ec\"}}", "a.b.c")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":\"x\",\"serviceAccountToken\":\"a.b.c\"}}", "a.b.c")]
    [InlineData(
        $"{{{Kind},{Version},{Image},\"serviceAccountAnnotations\":{{\"image\":\"other\",\"a\":\"b\"}},"
            + $"\"later\":[1,{{\"kind\":2}}]}}", "")]
    public void Every_spelling_of_a_request_is_read(string json, string token)
    {
        Assert.Equal((null, "registry.example.com:5000/team/app", token), Read(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"x\"", "not a JSON object")]
    [InlineData("{}", "kind is missing")]
    [InlineData($"{{{Version},{Image}}}", "kind is missing")]
    [InlineData($"{{{Kind},{Image}}}", "apiVersion is missing")]
    [InlineData($"{{{Kind},{Version}}}", "names no image")]
    [InlineData($"{{{Kind},{Version},\"image\":null}}", "names no image")]
    [InlineData($"{{\"kind\":\"CredentialProviderResponse\",{Version},{Image}}}", "kind is \"CredentialProviderResponse\"")]
    [InlineData($"{{\"kind\":1,{Version},{Image}}}", "kind is not a string")]
    [InlineData($"{{\"kind\":{{\"kind\":\"CredentialProviderRequest\"}},{Version},{Image}}}", "kind is not a string")]
    [InlineData($"{{{Kind},\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1beta1\",{Image}}}", "v1beta1")]
    [InlineData($"{{{Kind},\"apiVersion\":[],{Image}}}", "apiVersion is not a string")]
    [InlineData($"{{{Kind},{Version},\"image\":5}}", "not the string")]
    [InlineData($"{{{Kind},{Version},\"image\":{{}}}}", "not the string")]
    [InlineData($"{{{Kind},{Version},{Image},\"serviceAccountToken\":[\"a\"]}}", "not the string")]
    [InlineData($"{{{Kind},{Version},\"image\":\"\\ud800/x\"}}", "not the string")]
    [InlineData($"{{{Kind},{Version},{Image},\"\\ud800\":1}}", "request")]
    [InlineData($"{{{Kind},{Version},{Image}}}}}", "JSON")]
    [InlineData($"{{{Kind},{Version},{Image}}} {{}}", "JSON")]
    [InlineData($"{{{Kind},{Version},{Image}}} x", "JSON")]
    [InlineData($"{{{Kind},{Version},{Image}", "JSON")]
    [InlineData($"{{{Kind},{Version},{Image},}}", "JSON")]
    [InlineData($"\uFEFF{{{Kind},{Version},{Image}}}", "JSON")]
    [InlineData($"{{{Kind},{Version},\"image\":\"busybox\"}}", "not a repository name")]
    [InlineData($"{{{Kind},{Version},\"image\":\"registry.example.com/a:1\"}}", "not a repository name")]
    [InlineData($"{{{Kind},{Version},\"image\":\"registry.example.com/../../etc\"}}", "not a repository name")]
    [InlineData($"{{{Kind},{Version},\"image\":\"registry.example.com/a\\\"b\"}}", "not a repository name")]
    [InlineData($"{{{Kind},{Version},\"image\":\"registry.example.com/A\"}}", "not a repository name")]
    [InlineData($"{{{Kind},{Version},\"image\":\"registry.example.com/a\\u0000\"}}", "not a repository name")]
    public void What_is_no_request_is_refused_with_its_cause(string json, string cause)
    {
        var (failure, image, _) = Read(Encoding.UTF8.GetBytes(json));

        Assert.NotNull(failure);
        Assert.Equal(Failure.PullFailed, failure.ExitCode);
        Assert.StartsWith("standard input is not a request of the kubelet: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.Empty(image);
    }

    /// <summary>
    /// The kubelet takes images on IPv6 literals (distribution/reference 0.6) and asks for them like for any other.
    /// </summary>
    [Theory]
    [InlineData("[::1]/app", true)]
    [InlineData("[fd12:3456:789a:1::1]:8787/org/app", true)]
    [InlineData("[::1]:/app", false)]
    [InlineData("[::1]x/app", false)]
    [InlineData("[]/app", false)]
    [InlineData("[::1%25eth0]/app", false)]
    [InlineData("[::1]", false)]
    [InlineData("[::1/a]/b", false)]
    [InlineData("[::1]/App", false)]
    [InlineData("[::1]/app:1", false)]
    public void An_image_on_an_ipv6_literal_is_a_request(string name, bool isRequest)
    {
        var (failure, image, _) = Read(Encoding.UTF8.GetBytes($"{{{Kind},{Version},\"image\":\"{name}\"}}"));

        Assert.Equal(isRequest ? null : "not a repository name", failure is null ? null : "not a repository name");
        Assert.Equal(isRequest ? name : "", image);
    }

    [Theory]
    [InlineData("{\"serviceAccountToken\":\"hidden-token\",")]
    [InlineData("{\"serviceAccountToken\":[\"hidden-token\"]}")]
    [InlineData("{\"serviceAccountToken\":\"hidden-token\",\"kind\":\"x\"}")]
    [InlineData("{\"serviceAccountToken\":\"hidden-token\xFF")]
    public void No_failure_shows_the_token(string json)
    {
        var (failure, _, _) = Read(Encoding.Latin1.GetBytes(json));

        Assert.NotNull(failure);
        Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_a_request_or_a_failure()
    {
        Mangled.Of(
            $"{{{Kind},{Version},{Image},\"serviceAccountToken\":\"a.b.c\","
                + $"\"serviceAccountAnnotations\":{{\"a\":\"\\u00e9\"}}}}").Sample(json =>
        {
            var (failure, image, _) = Read(json);
            Assert.Equal(failure is null, image.Length > 0);
        });
    }

    private static (Failure? Failure, string Image, string Token) Read(byte[] json)
    {
        using var values = new SecretBuffer();
        var failure = CredentialProviderRequest.Read(json, values, out var request);
        return (failure, Encoding.UTF8.GetString(request.Image.Span), Encoding.UTF8.GetString(request.Token.Span));
    }
}
