using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>One value of an auths map.</summary>
public sealed class AuthEntryTests
{
    [Theory]
    [InlineData("""{"auth":"dXNlcjpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"auth":"dTpwYXNzd29yZA=="}""", "u:password", "")]
    [InlineData("""{"auth":"dTpwYXNzd29yZA"}""", "u:password", "")]
    [InlineData("""{"auth":"dTpwYXNzd29yZA="}""", "u:password", "")]
    [InlineData("""{"auth":"dXNlcjpwOnE="}""", "user:p:q", "")]
    [InlineData("""{"auth":"dXNl\u0063jpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"auth":"dTpwYXNzd29yZA==\n"}""", "u:password", "")]
    [InlineData("""{"auth":"dTpwYXNz\r\nd29yZA"}""", "u:password", "")]
    [InlineData("""{"auth":"dXNlcjo/Pz8+"}""", "user:???>", "")]
    [InlineData("""{"username":"user","password":"pass"}""", "user:pass", "")]
    [InlineData("""{"username":"user","password":"p:q\"\\"}""", "user:p:q\"\\", "")]
    [InlineData("""{"username":"user","password":"pass","email":"a@b","auth":""}""", "user:pass", "")]
    [InlineData("""{"username":"user","password":"pass","auth":null}""", "user:pass", "")]
    [InlineData("""{"username":"other","password":"other","auth":"dXNlcjpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"auth":"b3RoZXI6b3RoZXI=","auth":"dXNlcjpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"identitytoken":"it","auth":"dXNlcjpwYXNz"}""", "user:pass", "it")]
    [InlineData("""{"identitytoken":"it","auth":"dXNlcjo="}""", "user:", "it")]
    [InlineData("""{"identitytoken":"it","auth":"dXNlcg=="}""", "user:", "it")]
    [InlineData("""{"identitytoken":"it","auth":"not base64"}""", ":", "it")]
    [InlineData("""{"identitytoken":"it"}""", ":", "it")]
    [InlineData("""{"identitytoken":"it","username":"user"}""", "user:", "it")]
    [InlineData("""{"identitytoken":"it","username":"user","password":"pass"}""", "user:pass", "it")]
    [InlineData("""{"identitytoken":"it","username":"us:er"}""", "us:", "it")]
    [InlineData("""{"auth":"YTpiYh=="}""", "a:bb", "")]
    [InlineData("""{"auth":"YTpiYh"}""", "a:bb", "")]
    [InlineData("""{"auth":"YTpiYmF="}""", "a:bba", "")]
    [InlineData("""{"auth":"YTpiYm\nF\r=\n"}""", "a:bba", "")]
    [InlineData("""{"auth":"dTpwYXNzd29yZA=\n="}""", "u:password", "")]
    [InlineData("""{"auth":"dXNlcjpwYXNz","auth":null}""", "user:pass", "")]
    [InlineData("""{"auth":"b3RoZXI6b3RoZXI=","auth":"","username":"user","password":"pass"}""", "user:pass", "")]
    [InlineData("""{"AUTH":"dXNlcjpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"auth":"b3RoZXI6b3RoZXI=","Auth":"dXNlcjpwYXNz"}""", "user:pass", "")]
    [InlineData("""{"UserName":"user","Pass\u0057ord":"pass"}""", "user:pass", "")]
    [InlineData("""{"identityToken":"it"}""", ":", "it")]
    [InlineData("""{"username":"user","password":"\u0000pa\u0000ss\u0000"}""", "user:pa\0ss", "")]
    [InlineData("""{"username":"\u0000user\u0000","password":"pass"}""", "\0user\0:pass", "")]
    [InlineData("""{"auth":"dXNlcjoAAHBhAHNzAAA="}""", "user:pa\0ss", "")]
    [InlineData("""{"identitytoken":"it","auth":"dXNlcjoAAA=="}""", "user:", "it")]
    [InlineData("""{"auth":"OnBhc3M="}""", ":pass", "")]
    [InlineData("""{"auth":"dXNlcjo="}""", "user:", "")]
    [InlineData("""{"auth":"dXNlcjoAAA=="}""", "user:", "")]
    [InlineData("""{"auth":"OgBwAA=="}""", ":p", "")]
    [InlineData("""{"auth":"Og==","identitytoken":"it"}""", ":", "it")]
    [InlineData("""{"auth":"","username":"user"}""", "user:", "")]
    [InlineData("""{"password":"pass"}""", ":pass", "")]
    [InlineData("""{"username":"","password":"p:q"}""", ":p:q", "")]
    [InlineData("""{"username":"user","password":"pass","password":""}""", "user:", "")]
    [InlineData("""{"username":"user","password":"\u0000\u0000"}""", "user:", "")]
    [InlineData(
        """{"auth":"dXNlcjpwYXNz","email":5,"nested":{"auth":"b3RoZXI6b3RoZXI="},"list":[{"auth":[]}]}""", "user:pass", "")]
    public void A_good_entry_holds(string entry, string userPassword, string identityToken)
    {
        var (fault, read, token) = Read(entry);

        Assert.Equal((null, userPassword, identityToken), (fault, read, token));
    }

    [Theory]
    [InlineData("{}", "nothing in it")]
    [InlineData("""{"email":"a@b"}""", "nothing in it")]
    [InlineData("""{"auth":""}""", "nothing in it")]
    [InlineData("""{"username":"us:er","password":"pass"}""", "colon")]
    [InlineData("""{"auth":"dXNlcg=="}""", "user:password")]
    [InlineData("""{"auth":"Og=="}""", "a colon alone")]
    [InlineData("""{"auth":"OgAA"}""", "nothing but NUL")]
    [InlineData("""{"password":"\u0000\u0000"}""", "nothing but NUL")]
    [InlineData("""{"username":"us:er"}""", "colon")]
    [InlineData("""{"auth":"dXNlcjpwYXNz","auth":""}""", "nothing in it")]
    [InlineData("""{"auth":"dXNlcjpwYXNz","AUTH":""}""", "nothing in it")]
    [InlineData("""{"auth":"===="}""", "user:password")]
    [InlineData("""{"auth":"user:pass"}""", "not base64")]
    [InlineData("""{"auth":"dXNlcjpwYXNzd"}""", "not base64")]
    [InlineData("""{"auth":"dXNl jpw YXNz"}""", "not base64")]
    [InlineData("""{"auth":"dXNlcj==pwYXNz"}""", "not base64")]
    [InlineData("""{"auth":"dXNlcjo_Pz8-"}""", "not base64")]
    [InlineData("""{"auth":5}""", "auth is not a string")]
    [InlineData("""{"auth":{"auth":"dXNlcjpwYXNz"}}""", "auth is not a string")]
    [InlineData("""{"auth":["dXNlcjpwYXNz"]}""", "auth is not a string")]
    [InlineData("""{"auth":true,"username":"user","password":"pass"}""", "auth is not a string")]
    [InlineData("""{"username":[],"password":"pass"}""", "username is not a string")]
    [InlineData("""{"username":"user","password":{}}""", "password is not a string")]
    [InlineData("""{"auth":"dXNlcjpwYXNz","identitytoken":1}""", "identitytoken is not a string")]
    [InlineData("""{"auth":"\ud800"}""", "not valid UTF-8")]
    [InlineData("\"dXNlcjpwYXNz\"", "not an object")]
    [InlineData("null", "not an object")]
    [InlineData("[{\"auth\":\"dXNlcjpwYXNz\"}]", "not an object")]
    [InlineData("5", "not an object")]
    public void A_bad_entry_costs_itself_and_is_named_without_its_content(string entry, string cause)
    {
        using var documents = new AuthDocuments("reg.example.com/app", "reg.example.com/team/app");

        var fault = documents.Read(
            $$$$$$"""{"auths":{"reg.example.com":{{{{{{entry}}}}}},"reg.example.com/team":{"auth":"Z29vZDpnb29k"}}}""");

        Assert.Null(fault);
        Assert.Equal(["-", "secret reg.example.com/team good:good"], documents.Found);
        Assert.Equal(1, documents.Warnings.Count);
        var warning = documents.Warnings.ToString();
        Assert.StartsWith(
            "Secret secret: the entry of key \"reg.example.com\" is passed over: ", warning, StringComparison.Ordinal);
        Assert.Contains(cause, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("dXNl", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("pass\"", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_whose_field_name_is_no_Unicode_is_read_without_it()
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(
            """{"auths":{"reg.example.com":{"\ud800":1,"aut\ud8":2,"\udc00uth":"x","auth":"dXNlcjpwYXNz"}}}"""
                .Replace("""aut\ud8""", "aut", StringComparison.Ordinal)));

        Assert.Equal(["secret reg.example.com user:pass"], documents.Found);
    }

    [Fact]
    public void Any_user_and_password_survive_each_way_to_write_them()
    {
        var user = Gen.String[Gen.OneOf(Gen.Char["a-zé$\"\\\n"], Gen.Char['\u0001', '\uD7FF']), 1, 20]
            .Where(u => !u.Contains(':'));
        var password = Gen.String[Gen.OneOf(Gen.Char[": \"\\/+=\0"], Gen.Char['\0', '\uD7FF']), 1, 40]
            .Where(p => p.Trim('\0').Length > 0);
        Gen.Select(user, password, Gen.Int[0, 3]).Sample((u, p, form) =>
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{u}:{p}"));
            var entry = form switch
            {
                0 => JsonSerializer.Serialize(new { auth = encoded }),
                1 => JsonSerializer.Serialize(new { auth = encoded.TrimEnd('=') }),
                2 => JsonSerializer.Serialize(new { username = u, password = p }),
                _ => JsonSerializer.Serialize(new { username = "x", password = "y", auth = encoded }),
            };
            var (fault, read, _) = Read(entry);
            Assert.Null(fault);
            // What reads our file takes NULs from both ends of a password.
            Assert.True($"{u}:{p.Trim('\0')}" == read, "User and password were changed.");
        });
    }

    [Fact]
    public void Values_that_are_replaced_again_and_again_cost_no_other_value()
    {
        var replaced = string.Concat(Enumerable.Repeat($"\"password\":\"{new string('x', 900_000)}\",", 12));

        Assert.Equal(
            (null, "user:pass", "it"),
            Read($$"""{"username":"user","identitytoken":"it",{{replaced}}"password":"pass"}"""));
        Assert.Equal(
            (null, "user:pass", ""), Read($$"""{"auth":"dXNlcjpwYXNz",{{replaced}}"password":"other","username":"other"}"""));
    }

    [Fact]
    public void A_field_has_1_MiB()
    {
        string[] fields = ["auth", "username", "password", "identitytoken"];
        static string Entry(string field, int bytes) => $$"""{"auth":"dXNlcjpwYXNz","{{field}}":"{{new string('A', bytes)}}"}""";

        Assert.All(fields, field => Assert.NotEqual($"its {field} is longer than 1 MiB", Read(Entry(field, 1_048_576)).Fault));
        Assert.All(fields, field => Assert.Equal($"its {field} is longer than 1 MiB", Read(Entry(field, 1_048_577)).Fault));
    }

    private static (string? Fault, string UserPassword, string Token) Read(string json)
    {
        using var entry = new AuthEntry();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        Assert.True(reader.Read());
        var fault = entry.Read(ref reader);
        Assert.False(reader.Read());
        return (fault, Encoding.UTF8.GetString(entry.UserPassword), Encoding.UTF8.GetString(entry.IdentityToken));
    }
}
