using System.Text;
using FastProvider.AuthFile;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Tests.AuthFile;

namespace FastProvider.Tests.Secrets;

/// <summary>What the node's own auth file adds to a pull, and when a file must be written because of it.</summary>
public sealed class GlobalAuthFileTests : IDisposable
{
    private const string Good = """{"auth":"dXNlcjpwYXNz"}""";

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    /// <summary>Spelled so that CRI-O finds the same credential by itself: no file.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"auths":{}}""")]
    [InlineData("""{"auths":{"other.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com/team":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com/team/app":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com":{},"reg.example.com/team":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com/team":GOOD,"reg.example.com":{}}}""")]
    [InlineData("""{"auths":{"reg.example.com/team/":{},"reg.example.com/team":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"dTpwYXNzd29yZA==\n"}}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"dTpwYXNzd29yZB=="}}}""")]
    [InlineData("""{"Auths":{"reg.example.com":{},"reg.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"https://reg.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"http://reg.example.com/some/ui/path":GOOD}}""")]
    [InlineData("""{"auths":{"https://reg.example.com":GOOD,"reg.example.com/team":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"OnRva2Vu"}}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"dG9rOg=="}}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"Og==","identitytoken":"it"}}}""")]
    [InlineData("""{"auths":{},"credHelpers":{"reg.example.com":"x"}}""")]
    [InlineData("""{"auths":{"reg*.example.com":GOOD},"credHelpers":{"reg.example.com":"x"}}""")]
    public void No_file_is_needed_where_CRI_O_finds_the_same(string json) => Assert.False(Read(json).NeedFile);

    /// <summary>
    /// CRI-O would look for other keys, or take another entry first, or not read this one: the file must say it.
    /// </summary>
    [Theory]
    [InlineData("""{"auths":{"reg.example.com/":GOOD}}""")]
    [InlineData("""{"auths":{"HTTPS://reg.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"https://u@reg.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"https://reg.example.com":GOOD,"reg.example.com":{}}}""")]
    [InlineData("""{"auths":{"https://reg.example.com":GOOD,"http://reg.example.com/v1/":{}}}""")]
    [InlineData("""{"auths":{"reg.example.com/v2/":GOOD}}""")]
    [InlineData("""{"auths":{"*.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"REG.example.com":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com/team/":GOOD}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"auth":"dTpwYXNzd29yZA"}}}""")]
    [InlineData("""{"auths":{"reg.example.com":{"username":"user","password":"pass"}}}""")]
    [InlineData("""{"auths":{"reg.example.com":GOOD,"reg.example.com/team":{}}}""")]
    [InlineData("""{"auths":{"reg.example.com":GOOD,"reg.example.com/team":GOOD,"reg.example.com/team":{}}}""")]
    [InlineData("""{"auths":{"reg.example.com/team":{"auth":"Og=="},"reg.example.com":GOOD}}""")]
    public void A_file_is_needed_where_CRI_O_would_find_another_or_none(string json)
    {
        var read = Read(json);
        Assert.True(read.NeedFile);
        Assert.NotEqual("-", CrioLookup.Find(read.File, "reg.example.com/team/app"));
    }

    [Fact]
    public void A_bad_entry_of_a_Secret_does_not_count_as_one_of_the_global_file()
    {
        Assert.False(
            Read(
                $$$$"""{"auths":{"reg.example.com":{{{{Good}}}}}}""",
                """{"auths":{"reg.example.com/team":{"auth":"Og=="}}}""").NeedFile);
    }

    [Fact]
    public void It_answers_for_the_endpoints_that_no_Secret_serves_and_only_for_them()
    {
        var read = Read(
            """{"auths":{"reg.example.com/team/app":{"auth":"Z2xvYmFsOmdsb2JhbA=="},"mirror.example.com":{"auth":"Z2xvYmFsOmdsb2JhbA=="}}}""",
            $$$$"""{"auths":{"reg.example.com":{{{{Good}}}}}}""");

        Assert.Equal(["s reg.example.com user:pass", " mirror.example.com global:global"], read.Found);
        Assert.True(read.NeedFile);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{"reg.example.com":GOOD}""")]
    public void A_bad_file_is_a_warning_and_offers_nothing(string json)
    {
        var read = Read(json);
        Assert.Equal(["-", "-"], read.Found);
        Assert.False(read.NeedFile);
        Assert.Equal(
            json.Length == 0 ? "" : "global auth file",
            read.Warnings.Length == 0 ? "" : read.Warnings[.."global auth file".Length]);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one_and_one_that_cannot_be_read_is_a_warning()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        NodeLogins.Read([new NodeAuthFile(Path.Combine(_path, "below-a-file"))], [], documents.Endpoints, documents.Warnings);
        Assert.Equal(1, documents.Warnings.Count);
        NodeLogins.Read([new NodeAuthFile(_path + "-missing")], [], documents.Endpoints, documents.Warnings);
        Assert.Equal(1, documents.Warnings.Count);
        NodeLogins.Read([new NodeAuthFile(Path.GetTempPath())], [], documents.Endpoints, documents.Warnings);
        Assert.Equal(2, documents.Warnings.Count);
        Assert.Equal(["-"], documents.Found);
    }

    [Fact]
    public void A_helper_is_kept_for_its_host_where_no_Secret_serves_it()
    {
        var read = Read(
            """{"credHelpers":{"mirror.example.com":"ecr-login","reg.example.com":"other","third.example.com":"x"}}""",
            $$$$"""{"auths":{"reg.example.com":{{{{Good}}}}}}""");

        Assert.Equal("helper ecr-login", CrioLookup.Find(read.File, "mirror.example.com/app"));
        Assert.Equal("user:pass|", CrioLookup.Find(read.File, "reg.example.com/team/app"));
        Assert.DoesNotContain("third", Encoding.UTF8.GetString(read.File), StringComparison.Ordinal);
        Assert.Contains("credential helper of reg.example.com is left out, as Secret s", read.Warnings, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_that_is_repeated_half_a_million_times_is_one()
    {
        var read = Read(
            "{\"credHelpers\":{"
                + string.Concat(Enumerable.Repeat("\"mirror.example.com\":\"w\",", 500_000))
                + "\"mirror.example.com\":\"x\"}}");

        Assert.Equal("helper x", CrioLookup.Find(read.File, "mirror.example.com/app"));
        Assert.Equal(1, read.HelperCount);
    }

    [Theory]
    [InlineData("""{"\ud800":1,"credHelpers":{"mirror.example.com":"x"}}""")]
    [InlineData("""{"credHelpers":{"\ud800":"y","mirror.example.com":"x"}}""")]
    [InlineData("""{"credHelpers":{"other":{"mirror.example.com":"y"},"mirror.example.com":"x"},"credHelpers":5}""")]
    [InlineData("""{"a":{"credHelpers":{"mirror.example.com":"y"}},"credHelpers":{"mirror.example.com":"\u0078"}}""")]
    public void Helpers_among_odd_names_are_read(string json) =>
        Assert.Equal("helper x", CrioLookup.Find(Read(json).File, "mirror.example.com/app"));

    private (string[] Found, bool NeedFile, byte[] File, string Warnings, int HelperCount) Read(
        string global, string? secret = null)
    {
        File.WriteAllText(_path, global.Replace("GOOD", Good, StringComparison.Ordinal));
        using var documents = new AuthDocuments("reg.example.com/team/app", "mirror.example.com/app");
        Assert.Null(secret is null ? null : documents.Read(secret, "s"));
        var file = NodeLogins.Read([new NodeAuthFile(_path)], [], documents.Endpoints, documents.Warnings);
        using var content = new SecretBuffer();
        AuthFileContent.Write(documents.Endpoints, file.Helpers, content);
        // The rule of PullEndpoints, whose endpoints come from registries.conf.
        var needFile = Array.Exists(documents.Endpoints, e => e.IsFromSecret || e is { IsFound: true, IsFoundByCrio: false });
        return (documents.Found, needFile, content.WrittenSpan.ToArray(), documents.Warnings.ToString(), file.Helpers.Count);
    }
}
