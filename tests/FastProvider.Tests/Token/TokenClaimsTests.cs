using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Token;

namespace FastProvider.Tests.Token;

public sealed class TokenClaimsTests
{
    private const string Bound =
        """{"aud":["https://a","b"],"exp":1795400000,"iss":"https://issuer","kubernetes.io":{"namespace":"team-a","node":{"name":"n"},"pod":{"name":"app-0","uid":"u"},"serviceaccount":{"name":"puller","uid":"v"}},"sub":"x"}""";

    [Fact]
    public void The_claims_of_a_bound_token_are_read()
    {
        var (failure, claims) = Read(Token(Bound));

        Assert.Null(failure);
        Assert.Equal(new Claims("team-a", "puller", "app-0", "https://a,b", "https://issuer", 1795400000), claims);
    }

    [Theory]
    [InlineData("""{"kubernetes.io":{"namespace":"n"}}""", "")]
    [InlineData("""{"aud":"one","kubernetes.io":{"namespace":"n"}}""", "one")]
    [InlineData("""{"aud":[],"kubernetes.io":{"namespace":"n"}}""", "")]
    [InlineData("""{"aud":["one"],"kubernetes.io":{"namespace":"n"}}""", "one")]
    [InlineData("""{"kubernetes.io":{"namespace":"n"},"aud":["one","two","three"]}""", "one,two,three")]
    [InlineData("""{"aud":null,"iss":null,"kubernetes.io":{"namespace":"n"}}""", "")]
    public void Audiences_are_a_string_or_an_array(string payload, string audiences)
    {
        var (failure, claims) = Read(Token(payload));

        Assert.Null(failure);
        Assert.Equal(("n", audiences), (claims!.Namespace, claims.Audiences));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1.5", 1)]
    [InlineData("1e3", 1000)]
    [InlineData("-1", -1)]
    [InlineData("1e300", long.MaxValue)]
    public void An_expiry_may_have_a_fraction_or_be_absurd(string number, long seconds)
    {
        var (failure, claims) = Read(Token($$$"""{"exp":{{{number}}},"kubernetes.io":{"namespace":"n"}}"""));

        Assert.Null(failure);
        Assert.Equal(seconds, claims!.Expires);
    }

    [Theory]
    [InlineData("{}", "kubernetes.io.namespace")]
    [InlineData("""{"kubernetes.io":{}}""", "kubernetes.io.namespace")]
    [InlineData("""{"namespace":"n"}""", "kubernetes.io.namespace")]
    [InlineData("""{"kubernetes.io":{"namespace":""}}""", "kubernetes.io.namespace")]
    [InlineData("""{"kubernetes.io":{"namespace":null}}""", "kubernetes.io.namespace")]
    [InlineData("""{"kubernetes.io":{"pod":{"namespace":"n"}}}""", "kubernetes.io.namespace")]
    [InlineData("""{"kubernetes.io":{"namespace":"../../etc"}}""", "DNS-1123")]
    [InlineData("""{"kubernetes.io":{"namespace":"A"}}""", "DNS-1123")]
    [InlineData("""{"kubernetes.io":{"namespace":"a\u0000b"}}""", "DNS-1123")]
    [InlineData("""{"kubernetes.io":"x"}""", "type")]
    [InlineData("""{"kubernetes.io":null}""", "type")]
    [InlineData("""{"kubernetes.io":["namespace","n"]}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":5}}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":{"name":"n"}}}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":"n","pod":"p"}}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":"n","serviceaccount":[]}}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":"n","serviceaccount":{"name":1}}}""", "type")]
    [InlineData("""{"exp":"soon","kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"iss":{},"kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"aud":[["a"]],"kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"aud":{"a":1},"kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"aud":"\ud800","kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"\ud800":1,"kubernetes.io":{"namespace":"n"}}""", "type")]
    [InlineData("""{"kubernetes.io":{"namespace":"n"}""", "JSON")]
    [InlineData("""{"kubernetes.io":{"namespace":"n"}}x""", "JSON")]
    [InlineData("""["kubernetes.io"]""", "not a JSON object")]
    [InlineData("5", "not a JSON object")]
    public void A_payload_without_these_claims_is_refused(string payload, string cause) => Refuses(Token(payload), cause);

    [Theory]
    [InlineData("", "three segments")]
    [InlineData("a", "three segments")]
    [InlineData("a.b", "three segments")]
    [InlineData("..", "three segments")]
    [InlineData(".e30.s", "three segments")]
    [InlineData("h..s", "three segments")]
    [InlineData("h.e30.s.t", "three segments")]
    [InlineData("h.e.s", "base64url")]
    [InlineData("h.e3+0.s", "base64url")]
    [InlineData("h.e3/0.s", "base64url")]
    [InlineData("h.e30=.s", "base64url")]
    [InlineData("h.e3 0.s", "base64url")]
    public void What_is_no_compact_JWT_is_refused(string token, string cause) => Refuses(token, cause);

    [Theory]
    [InlineData("{0}\r\nX-Forwarded-For: 1.{1}.{2}")]
    [InlineData("{0}.{1}\r\n.{2}")]
    [InlineData("{0}.{1}.{2}\r\nX: y")]
    [InlineData("{0} .{1}.{2}")]
    [InlineData("{0}.{1}.{2}\0")]
    [InlineData("{0}.{1}.é")]
    public void A_token_that_would_not_stay_in_its_header_line_is_refused(string form)
    {
        var parts = Token(Bound).Split('.');
        Refuses(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, form, parts[0], parts[1], parts[2]), "base64url");
    }

    [Fact]
    public void A_token_has_a_bound()
    {
        Assert.Null(Read(Token(Bound[..^1] + ",\"pad\":\"" + new string('x', 90_000) + "\"}")).Failure);
        Refuses(Token(Bound[..^1] + ",\"pad\":\"" + new string('x', 100_000) + "\"}"), "more than 131072");
    }

    [Fact]
    public void The_claims_are_those_that_a_JSON_document_model_finds()
    {
        var name = Gen.OneOf("n", "team-a", "", "A", "é\u2028", "\"\\/", "x/y");
        var audience = Gen.OneOf(
            name.Select(n => (JsonNode?)JsonValue.Create(n)),
            name.Array[0, 3].Select(names => (JsonNode?)new JsonArray([.. names.Select(n => (JsonNode?)JsonValue.Create(n))])),
            Gen.Const((JsonNode?)null));
        var claims = Gen.Select(
            name, name, name, name, audience, Gen.Long, Gen.Int[0, 5]).Select((ns, account, pod, issuer, aud, exp, turn) =>
        {
            KeyValuePair<string, JsonNode?>[] members =
            [
                new("aud", aud?.DeepClone()), new("iss", issuer), new("exp", exp), new("jti", "x"),
                new("kubernetes.io", new JsonObject
                {
                    ["pod"] = new JsonObject { ["uid"] = "u", ["name"] = pod },
                    ["namespace"] = ns,
                    ["warnafter"] = 5,
                    ["serviceaccount"] = new JsonObject { ["name"] = account },
                }),
            ];
            return new JsonObject([.. members[(turn % 5)..], .. members[..(turn % 5)]]);
        });

        claims.Sample(payload =>
        {
            var (failure, read) = Read(Token(payload.ToJsonString()));

            using var document = JsonDocument.Parse(payload.ToJsonString());
            var root = document.RootElement;
            var bound = root.GetProperty("kubernetes.io");
            var ns = bound.GetProperty("namespace").GetString()!;
            var isValid = ns is "n" or "team-a";
            Assert.Equal(isValid, failure is null);
            if (isValid)
            {
                var aud = root.GetProperty("aud");
                var audiences = aud.ValueKind is JsonValueKind.Array ? JoinAsRead(aud) : aud.GetString() ?? "";
                Assert.Equal(
                    new Claims(ns, bound.GetProperty("serviceaccount").GetProperty("name").GetString()!,
                        bound.GetProperty("pod").GetProperty("name").GetString()!, audiences,
                        root.GetProperty("iss").GetString()!, root.GetProperty("exp").GetInt64()),
                    read);
            }
        });
    }

    [Fact]
    public void Any_payload_and_any_token_is_read_or_refused()
    {
        Mangled.Of(Bound).Sample(payload => ReadsOrRefuses("h." + Encode(payload) + ".s"));
        Mangled.Of(Token(Bound)).Sample(token => ReadsOrRefuses(Encoding.Latin1.GetString(token)));
    }

    private static string JoinAsRead(JsonElement audiences) =>
        audiences.EnumerateArray().Aggregate("", (joined, next) => joined + (joined.Length > 0 ? "," : "") + next.GetString());

    private static void ReadsOrRefuses(string token)
    {
        var (failure, claims) = Read(token);
        Assert.Equal(failure is null, claims is not null);
        Assert.True(claims is null || NamespaceName.IsValid(Encoding.UTF8.GetBytes(claims.Namespace)));
    }

    private static void Refuses(string token, string cause)
    {
        var (failure, claims) = Read(token);
        Assert.NotNull(failure);
        Assert.Null(claims);
        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.PullFailed, failure.ExitCode);
    }

    private static string Token(string payload) =>
        $"{Encode("{\"alg\":\"RS256\"}"u8)}.{Encode(Encoding.UTF8.GetBytes(payload))}.c2ln";

    // Convert, not the class that the reader uses.
    private static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (Failure? Failure, Claims? Claims) Read(string token)
    {
        using var values = new SecretBuffer();
        var failure = TokenClaims.Read(Encoding.Latin1.GetBytes(token), values, out var claims);
        return failure is not null ? (failure, null) : (null, new Claims(
            Text(claims.Namespace), Text(claims.ServiceAccount), Text(claims.Pod), Text(claims.Audiences), Text(claims.Issuer),
            claims.ExpiresAtUnixSeconds));
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private sealed record Claims(
        string Namespace, string ServiceAccount, string Pod, string Audiences, string Issuer, long Expires);
}
