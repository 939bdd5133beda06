using System.Security.Cryptography;
using System.Text;
using CsCheck;
using FastProvider.AuthFile;

namespace FastProvider.Tests.AuthFile;

public sealed class AuthFileNameTests
{
    [Fact]
    public void It_is_the_namespace_and_the_digest_of_the_image_in_lower_case()
    {
        Assert.Matches("^team-a-[0-9a-f]{64}\\.json$", AuthFileName.For("team-a"u8, "docker.io/library/busybox"u8));
        Gen.String.Sample(image =>
        {
            var bytes = Encoding.UTF8.GetBytes(image);
            Assert.Equal(
                $"n-{Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant()}.json", AuthFileName.For("n"u8, bytes));
        });
    }

    [Fact]
    public void What_a_run_writes_is_known_again()
    {
        Assert.True(AuthFileName.IsTemporary(Encoding.ASCII.GetBytes(AuthFileName.Temporary())));
        Gen.Select(Gen.Char["abcxyz0189-"].Array[1, 63], Gen.String).Sample((characters, image) =>
        {
            var @namespace = Encoding.ASCII.GetBytes(new string(characters).Trim('-') is { Length: > 0 } label ? label : "n");
            var name = Encoding.ASCII.GetBytes(AuthFileName.For(@namespace, Encoding.UTF8.GetBytes(image)));
            return AuthFileName.IsFinal(name) && !AuthFileName.IsTemporary(name);
        });
    }

    [Fact]
    public void No_two_temporary_names_of_a_process_are_alike()
    {
        // Far more than a millisecond has room for.
        var names = Enumerable.Range(0, 20_000).AsParallel().Select(_ => AuthFileName.Temporary()).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.True(AuthFileName.IsTemporary(Encoding.ASCII.GetBytes(name)), name));
    }

    [Fact]
    public void Nothing_else_is_taken_for_it() => Gen.String.Sample(text =>
    {
        var name = Encoding.UTF8.GetBytes(text);
        return !AuthFileName.IsFinal(name) && !AuthFileName.IsTemporary(name);
    });

    /// <summary>
    /// A sweep removes what it takes for one of these, so a name that lacks one part of them is somebody else's file.
    /// </summary>
    [Theory]
    [InlineData("_fast-provider-12-ab.tmp")]
    [InlineData(".fast-provider-12-ab.bak")]
    [InlineData("_fast-provider-12-ab.bak")]
    [InlineData(".fast-provider-.tmp")]
    [InlineData(".fast-provider--ab.tmp")]
    [InlineData(".fast-provider-12-.tmp")]
    [InlineData(".fast-provider-12ab.tmp")]
    [InlineData(".fast-provider-1x-ab.tmp")]
    [InlineData(".fast-provider-12-AB.tmp")]
    [InlineData(".fast-provider-12-ag.tmp")]
    [InlineData("team-a-HEX.jsom")]
    [InlineData("team-a-HEX")]
    [InlineData("HEX.json")]
    [InlineData("-HEX.json")]
    [InlineData("0HEX.json")]
    [InlineData("team-aHEX.json")]
    [InlineData("Team-HEX.json")]
    [InlineData("team-a-HEX0.json")]
    [InlineData("team-a-GHEX.json")]
    public void A_name_that_lacks_a_part_of_it_is_none(string text)
    {
        var name = Encoding.ASCII.GetBytes(
            text.Replace("GHEX", "g" + new string('a', 63), StringComparison.Ordinal)
                .Replace("HEX", new string('a', 64), StringComparison.Ordinal));

        Assert.False(AuthFileName.IsTemporary(name));
        Assert.False(AuthFileName.IsFinal(name));
    }
}
