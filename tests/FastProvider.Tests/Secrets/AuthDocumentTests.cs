using System.Text;
using CsCheck;

namespace FastProvider.Tests.Secrets;

public sealed class AuthDocumentTests
{
    private const string Good = """{"auth":"dXNlcjpwYXNz"}""";

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"auths":null}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"auths":null}""", false)]
    [InlineData("""{"auths":{}}""", false)]
    [InlineData("""{"auths":{},"credHelpers":{"reg.example.com":"x"},"HttpHeaders":{"a":["b"]}}""", false)]
    [InlineData("""{"other":{"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}}}""", false)]
    [InlineData("""{"auths":{"other.example.com":{"auth":"dXNlcjpwYXNz"}},"credsStore":"desktop"}""", false)]
    [InlineData("""{"other.example.com":{"auth":"dXNlcjpwYXNz"}}""", true)]
    [InlineData("""{"a":{},"n":1,"auth":"no entry has fields at the top"}""", false)]
    public void A_document_without_entries_for_the_endpoint_is_good_and_empty(string json, bool isFlatMap)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(json, isFlatMap: isFlatMap));

        Assert.Equal(["-"], documents.Found);
        Assert.Equal(0, documents.Warnings.Count);
    }

    /// <summary>
    /// The entries are not where the readers of this form look, or not in the document at all: the cause is said once.
    /// </summary>
    [Theory]
    [InlineData(
        """{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}""", false, ".dockerconfigjson has no auths: its entries stand at the top")]
    [InlineData(
        """{"other.example.com":{"email":"a@b","password":"x"}}""", false,
        ".dockerconfigjson has no auths: its entries stand at the top")]
    [InlineData(
        """{"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}}""", true,
        ".dockercfg has auths, which belong under .dockerconfigjson")]
    [InlineData("""{"auths":{},"credsStore":"desktop"}""", false, "the credential store desktop (credsStore)")]
    [InlineData("""{"credsStore":"desktop"}""", false, "the credential store desktop (credsStore)")]
    [InlineData(
        """{"auths":{"reg.example.com":{}},"credsStore":"desktop"}""", false, "the credential store desktop (credsStore)")]
    [InlineData(
        """{"credsStore":"osxkeychain","auths":{"https://reg.example.com":{"email":"a@b"}}}""", false,
        "the credential store osxkeychain (credsStore)")]
    public void A_document_that_was_meant_to_have_entries_says_what_is_wrong_with_it(string json, bool isFlatMap, string cause)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(json, isFlatMap: isFlatMap));

        Assert.Equal(["-"], documents.Found);
        Assert.Equal((1, 0), (documents.Warnings.Count, documents.Warnings.EmptyCount));
        Assert.StartsWith("Secret secret: ", documents.Warnings.ToString(), StringComparison.Ordinal);
        Assert.Contains(cause, documents.Warnings.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Whoever fills a Secret by hand may put a password anywhere: only the name of a program is said.</summary>
    [Theory]
    [InlineData("user:pa55word", false)]
    [InlineData("pa55 word", false)]
    [InlineData("aHVudGVyMjI=", false)]
    [InlineData("a.name_of-64-bytes.012345678901234567890123456789012345678901234", true)]
    [InlineData("a.name_of-65-bytes.0123456789012345678901234567890123456789012345", false)]
    public void A_credential_store_is_named_if_it_can_be_the_name_of_a_program(string store, bool isNamed)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read($$"""{"auths":{},"credsStore":"{{store}}"}"""));

        Assert.Contains("the login is in the credential store", documents.Warnings.ToString(), StringComparison.Ordinal);
        Assert.Equal(isNamed, documents.Warnings.ToString().Contains(store, StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_that_is_empty_on_purpose_is_counted_and_no_warning()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        Assert.All(
            [
                "{}", """{"auths":{}}""", """{"auths":null,"credHelpers":{"reg.example.com":"x"}}""",
                """{"auths":{"reg.example.com":{}},"auths":null}"""],
            json => Assert.Null(documents.Read(json, "first")));

        Assert.Null(documents.Read("{}", "flat", isFlatMap: true));

        Assert.Equal((0, 5, "first"), (documents.Warnings.Count, documents.Warnings.EmptyCount, documents.Warnings.FirstEmpty));
    }

    [Fact]
    public void One_key_a_hundred_thousand_times_is_one_and_its_last_entry_counts()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        var json = new StringBuilder("{\"auths\":{");
        for (var i = 0; i < 50_000; i++)
        {
            json.Append("\"reg.example.com\":5,\"https://reg.example.com\":{},");
        }

        Assert.Null(documents.Read(json.Append($$$"""
            "reg.example.com":{{{Good}}}}}
            """).ToString()));

        Assert.Equal(["secret reg.example.com user:pass"], documents.Found);
    }

    [Fact]
    public void More_keys_of_one_image_than_anybody_has_are_refused()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        var json = new StringBuilder("{\"auths\":{");
        for (var i = 0; i < 300_000; i++)
        {
            json.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"{i}@reg.example.com\":{{}},");
        }

        Assert.Equal(
            "has more than 262144 keys for this image", documents.Read(json.Append("\"reg.example.com\":{}}}").ToString()));

        Assert.Equal(["-"], documents.Found);
    }

    [Theory]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"a":[{"auths":5}],"auths":{"reg.example.com":{{{{{{Good}}}}}}},"z":{"auths":[]}}""", false)]
    [InlineData($$$$$$"""{"auths":{},"auths":{"reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"auths":{}}""", false)]
    [InlineData($$$$$$"""{"auths":null,"AuthS":{"reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{},"reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":5},"auths":{"reg.example\u002ecom":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"reg.example.com":{},"reg.example.com":{{{{{{Good}}}}}}}""", true)]
    [InlineData($$$$$$"""{"\u0061uths":{"reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"other.example.com":"bad","reg.example.com":{{{{{{Good}}}}}}}}""", false)]
    [InlineData($$$$$$"""{"reg.example.com":{{{{{{Good}}}}}}}""", true)]
    [InlineData($$$$$$"""{"other.example.com":[],"reg.example.com":{{{{{{Good}}}}}}}""", true)]
    public void Both_forms_are_read(string json, bool isFlatMap)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(json, isFlatMap: isFlatMap));

        Assert.Equal(["secret reg.example.com user:pass"], documents.Found);
        Assert.Equal(0, documents.Warnings.Count);
    }

    /// <summary>As in Go's maps, which is what kubelet and CRI-O read them into.</summary>
    [Theory]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}},"reg.example.com":{}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}},"reg.example.com":null}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}},"reg.example.com":{"auth":""}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}},"other":{},"reg.example\u002ecom":{}}}""", false)]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"auths":{"reg.example.com":{}}}""", false)]
    [InlineData($$$$$$"""{"AUTHS":{"reg.example.com":{{{{{{Good}}}}}}},"auths":{"reg.example.com":{}}}""", false)]
    [InlineData($$$$$$"""{"reg.example.com":{{{{{{Good}}}}}},"reg.example.com":{}}""", true)]
    public void The_last_entry_of_a_key_counts_also_if_it_is_empty(string json, bool isFlatMap)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(json, isFlatMap: isFlatMap));

        Assert.Equal(["-"], documents.Found);
        Assert.Equal(1, documents.Warnings.Count);
    }

    [Fact]
    public void Many_keys_in_any_order_each_count_once()
    {
        // The same key in a thousand spellings, each twice, the second time with the credential that counts.
        var keys = Enumerable.Range(1, 1000).Select(n => "reg.example.com" + new string('/', n)).ToArray();
        new Random(5).Shuffle(keys);
        var entries = keys.Select(k => $"\"{k}\":{{\"auth\":\"b2xkOm9sZA==\"}}").Concat(keys.Select(k => $"\"{k}\":{Good}"));
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read($"{{\"auths\":{{{string.Join(',', entries)}}}}}"));

        Assert.Equal(["secret reg.example.com/ user:pass"], documents.Found);
    }

    [Fact]
    public void A_key_with_an_escaped_slash_is_the_key_without_it()
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read($$$$$$"""{"auths":{"https:\/\/reg.example.com\/":{{{{{{Good}}}}}}}}"""));

        Assert.Equal(["secret https://reg.example.com/ user:pass"], documents.Found);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"x\"", "not a JSON object")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}}""", "whole")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}}}}""", "whole")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}}}{}""", "whole")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}},}}""", "whole")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"x":\u0061}""", "whole")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"auths":[]}""", "not an object")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"auths":"x"}""", "not an object")]
    public void A_bad_document_offers_nothing(string json, string cause)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Contains(cause, documents.Read(json), StringComparison.Ordinal);

        Assert.Equal(["-"], documents.Found);
    }

    /// <summary>Valid JSON by its grammar, but not Unicode: no such text may end the run.</summary>
    [Theory]
    [InlineData($$$$$$"""{"\ud800":1,"auths":{"reg.example.com":{{{{{{Good}}}}}}}}""")]
    [InlineData($$$$$$"""{"auths":{"\ud800":{{{{{{Good}}}}}},"reg.example.com":{{{{{{Good}}}}}}}}""")]
    [InlineData($$$$$$"""{"auths":{"reg.example.com\udc00":{{{{{{Good}}}}}},"reg.example.com":{{{{{{Good}}}}}}}}""")]
    public void A_name_that_is_no_Unicode_costs_no_more_than_its_entry(string json)
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read(json));

        Assert.Equal(["secret reg.example.com user:pass"], documents.Found);
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    public void A_document_has_a_thousand_levels_at_most(int below, bool isGood)
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        var deep = new string('[', below) + new string(']', below);

        var fault = documents.Read($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"x":{{{{{{deep}}}}}}}""");

        Assert.Equal((isGood, isGood), (fault is null, documents.Found[0] != "-"));
    }

    [Fact]
    public void A_document_nested_without_end_is_refused()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Contains(
            "JSON", documents.Read($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"x":{{{{{{deep}}}}}}"""),
            StringComparison.Ordinal);

        Assert.Equal(["-"], documents.Found);
    }

    [Fact]
    public void A_very_long_key_is_not_repeated_whole_in_the_warning()
    {
        using var documents = new AuthDocuments("reg.example.com/app");

        Assert.Null(documents.Read($$$$$$"""{"auths":{"reg.example.com{{{{{{new string('/', 500_000)}}}}}}":{}}}"""));

        Assert.Equal(1, documents.Warnings.Count);
        Assert.InRange(documents.Warnings.ToString().Length, 1, 1000);
    }

    [Fact]
    public void Any_bytes_are_a_document_or_a_fault_and_a_fault_offers_nothing()
    {
        const string document =
            """{"auths":{"https://reg.example.com/v1/":{"username":"u","password":"p","identitytoken":"t"},"reg.example.com/te\u0061m":{"auth":"dXNlcjpwYXNz"}}}""";
        Gen.Select(Mangled.Of(document), Gen.Bool).Sample((json, isFlatMap) =>
        {
            using var documents = new AuthDocuments("reg.example.com/app", "reg.example.com/team/app");
            if (documents.Read(json, isFlatMap: isFlatMap) is not null)
            {
                Assert.Equal(["-", "-"], documents.Found);
            }
        }, iter: 5000);
    }

    [Fact]
    public void Every_cut_of_a_document_is_a_fault()
    {
        var whole = Encoding.UTF8.GetBytes($$$$$$"""{"auths":{"reg.example.com":{{{{{{Good}}}}}}},"credHelpers":{}}""");
        for (var length = 0; length < whole.Length; length++)
        {
            using var documents = new AuthDocuments("reg.example.com/app");
            Assert.NotNull(documents.Read(whole[..length]));
            Assert.Equal(["-"], documents.Found);
        }
    }
}
