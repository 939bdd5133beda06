using System.Text;
using FastProvider.Native;
using FastProvider.Response;

namespace FastProvider.Tests.Response;

public sealed class CredentialProviderResponseTests
{
    private const string Head =
        """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s" """;

    [Fact]
    public void An_answer_without_credentials_has_no_auth() =>
        Assert.Equal(Head.TrimEnd() + "}", Compose("reg.example.com/app", false));

    [Fact]
    public void A_private_image_has_an_entry_that_holds_nothing() => Assert.Equal(
        Head.TrimEnd() + ""","auth":{"reg.example.com:5000/app":{"username":"","password":""}}}""",
        Compose("reg.example.com:5000/app", true));

    private static string Compose(string image, bool isPrivate)
    {
        using var answer = new SecretBuffer();
        CredentialProviderResponse.Compose(Encoding.UTF8.GetBytes(image), isPrivate, answer);
        return Encoding.UTF8.GetString(answer.WrittenSpan);
    }
}
