using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FastProvider.Native;
using FastProvider.Token;

namespace FastProvider.Tests.Token;

/// <summary>The pod of a token, whose names go into paths, lines and JSON before anybody has verified the token.</summary>
public sealed class PodNameTests
{
    private const string Uid = "5d0b4c0e-7c33-4f0e-9d6b-0d1b2c3d4e5f";

    [Fact]
    public void A_pod_of_a_kubelets_token_is_taken()
    {
        var pod = Read("app-0.db", Uid);

        Assert.Equal(("team-a", "app-0.db", Uid), (pod?.Namespace, pod?.Name, pod?.Uid));
    }

    [Theory]
    [InlineData("", Uid)]
    [InlineData("../../secrets/s", Uid)]
    [InlineData("app\r\nHost: x", Uid)]
    [InlineData("app?x", Uid)]
    [InlineData("App", Uid)]
    [InlineData("app", "")]
    [InlineData("app", "a\nb")]
    [InlineData("app", "a\"b")]
    [InlineData("app", "a\\b")]
    [InlineData("app", "a b")]
    [InlineData("app", "a{b")]
    [InlineData("app", "a\u00e9b")]
    public void A_name_or_uid_that_would_end_what_it_stands_in_is_none(string name, string uid) => Assert.Null(Read(name, uid));

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_uid_has_up_to_128_characters(int length, bool isTaken) =>
        Assert.Equal(isTaken, Read("app", new string('u', length)) is not null);

    private static PodName? Read(string name, string uid)
    {
        var pod = $"{{\"name\":{JsonSerializer.Serialize(name)},\"uid\":{JsonSerializer.Serialize(uid)}}}";
        var claims = $"{{\"kubernetes.io\":{{\"namespace\":\"team-a\",\"pod\":{pod}}}}}";
        var token = Encoding.ASCII.GetBytes($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln");
        using var values = new SecretBuffer();
        Assert.Null(TokenClaims.Read(token, values, out var read)?.Message);
        return PodName.Of(read);
    }
}
