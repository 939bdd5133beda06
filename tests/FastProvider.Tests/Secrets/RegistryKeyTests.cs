using System.Text;
using CsCheck;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

public sealed class RegistryKeyTests
{
    [Theory]
    // The host, however it is spelled.
    [InlineData("reg.example.com", "reg.example.com/team/app", 0)]
    [InlineData("REG.Example.com", "reg.example.com/team/app", 0)]
    [InlineData("https://reg.example.com", "reg.example.com/team/app", 0)]
    [InlineData("HTTPS://reg.example.com/", "reg.example.com/team/app", 0)]
    [InlineData("http://reg.example.com///", "reg.example.com/team/app", 0)]
    [InlineData("https://reg.example.com/v1/", "reg.example.com/team/app", 0)]
    [InlineData("https://reg.example.com/v2/", "reg.example.com/team/app", 0)]
    [InlineData("reg.example.com/v2", "reg.example.com/team/app", 0)]
    [InlineData("https://reg.example.com/v2/team", "reg.example.com/team/app", 4)]
    // What a URL has beside host and path.
    [InlineData("https://u@reg.example.com:5000", "reg.example.com:5000/app", 0)]
    [InlineData("u:p@reg.example.com", "reg.example.com/app", 0)]
    [InlineData("https://a@b@reg.example.com/team", "reg.example.com/team/app", 4)]
    [InlineData("https://reg.example.com/v2/?account=a/b", "reg.example.com/app", 0)]
    [InlineData("https://reg.example.com/team/?x#y", "reg.example.com/team/app", 4)]
    [InlineData("https://reg.example.com#top", "reg.example.com/app", 0)]
    // The path, by whole segments.
    [InlineData("reg.example.com/team", "reg.example.com/team/app", 4)]
    [InlineData("reg.example.com/team/", "reg.example.com/team/app", 4)]
    [InlineData("reg.example.com/team/app", "reg.example.com/team/app", 8)]
    [InlineData("reg.example.com/v1", "reg.example.com/v1/app", 2)]
    [InlineData("reg.example.com/v1/app", "reg.example.com/v1/app", 6)]
    // Ports and literals.
    [InlineData("reg.example.com:5000", "reg.example.com:5000/app", 0)]
    [InlineData("https://reg.example.com:5000/v2/", "reg.example.com:5000/app", 0)]
    [InlineData("localhost:5000/mirror", "localhost:5000/mirror/app", 6)]
    [InlineData("[2001:db8::1]", "[2001:db8::1]/app", 0)]
    [InlineData("[2001:DB8::1]:5000", "[2001:db8::1]:5000/app", 0)]
    [InlineData("10.0.0.1:5000", "10.0.0.1:5000/app", 0)]
    // Globs, per label.
    [InlineData("*.example.com", "reg.example.com/app", 0)]
    [InlineData("*.*.com", "reg.example.com/app", 0)]
    [InlineData("r*g.example.com/team", "reg.example.com/team/app", 4)]
    [InlineData("re?.example.com", "reg.example.com/app", 0)]
    [InlineData("*", "localhost/app", 0)]
    [InlineData("*.example.com:5000", "reg.example.com:5000/app", 0)]
    [InlineData("**.example.com", "reg.example.com/app", 0)]
    [InlineData("*e*.example.com", "reg.example.com/app", 0)]
    // Docker Hub under its three names.
    [InlineData("https://index.docker.io/v1/", "docker.io/library/busybox", 0)]
    [InlineData("docker.io", "docker.io/library/busybox", 0)]
    [InlineData("registry-1.docker.io", "docker.io/library/busybox", 0)]
    [InlineData("docker.io/library", "index.docker.io/library/busybox", 7)]
    [InlineData("INDEX.docker.io/library", "registry-1.docker.io/library/busybox", 7)]
    [InlineData("*.docker.io", "docker.io/library/busybox", 0)]
    public void A_key_speaks_for(string key, string repository, int pathLength) =>
        Assert.Equal(pathLength, PathLength(key, repository));

    [Theory]
    [InlineData("", "reg.example.com/app")]
    [InlineData("reg.example.com@evil.com", "reg.example.com/app")]
    [InlineData("https://reg.example.com:x@evil.com", "reg.example.com/app")]
    [InlineData("https://@", "reg.example.com/app")]
    [InlineData("https://#@reg.example.com", "reg.example.com/app")]
    [InlineData("https://reg.example.com/some/ui/path", "reg.example.com/app")]
    [InlineData("/", "reg.example.com/app")]
    [InlineData("https://", "reg.example.com/app")]
    [InlineData("/app", "reg.example.com/app")]
    [InlineData(":5000", "reg.example.com:5000/app")]
    [InlineData("example.com", "reg.example.com/app")]
    [InlineData("reg.example.com.evil.com", "reg.example.com/app")]
    [InlineData("reg.example.co", "reg.example.com/app")]
    [InlineData("ftp://reg.example.com", "reg.example.com/app")]
    [InlineData("https://https://reg.example.com", "reg.example.com/app")]
    [InlineData("reg.example.com/team", "reg.example.com/team-b/app")]
    [InlineData("reg.example.com/team/app", "reg.example.com/team")]
    [InlineData("reg.example.com/Team", "reg.example.com/team/app")]
    [InlineData("reg.example.com/team//app", "reg.example.com/team/app")]
    [InlineData("reg.example.com/*", "reg.example.com/team/app")]
    [InlineData("reg.example.com/v3/", "reg.example.com/team/app")]
    [InlineData("reg.example.com/v1x", "reg.example.com/x")]
    [InlineData("reg.example.com", "reg.example.com:5000/app")]
    [InlineData("reg.example.com:5000", "reg.example.com/app")]
    [InlineData("reg.example.com:5000", "reg.example.com:5001/app")]
    [InlineData("reg.example.com:*", "reg.example.com:5000/app")]
    [InlineData("reg.example.com:443", "reg.example.com/app")]
    [InlineData("2001:db8::1", "[2001:db8::1]/app")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:5000/app")]
    [InlineData("*.example.com", "example.com/app")]
    [InlineData("*.example.com", "a.b.example.com/app")]
    [InlineData("*", "reg.example.com/app")]
    [InlineData("*.com", "reg.example.com/app")]
    [InlineData("re?.example.com", "re.example.com/app")]
    [InlineData("*x*.example.com", "reg.example.com/app")]
    [InlineData("docker.io", "docker.io.evil.com/x")]
    [InlineData("docker.io", "mirror.docker.io/x")]
    [InlineData("index.docker.io/v1/library", "docker.io/other/busybox")]
    public void A_key_does_not_speak_for(string key, string repository) => Assert.Null(PathLength(key, repository));

    [Fact]
    public void A_key_speaks_for_what_a_naive_matcher_says()
    {
        var speaking = 0;
        Gen.Select(GenRegistryKeys.Key, GenRegistryKeys.Repository).Sample((key, repository) =>
        {
            var expected = NaiveRegistryKey.PathLength(key, repository);
            Assert.Equal(expected, PathLength(key, repository));
            Assert.Equal(NaiveRegistryKey.Globs(key), RegistryKey.Parse(Encoding.UTF8.GetBytes(key)).Globs);
            Interlocked.Add(ref speaking, expected is null ? 0 : 1);
        }, iter: 20_000);
        Assert.True(speaking > 300, $"Only {speaking} of the generated keys spoke for their repository, so little was compared.");
    }

    [Fact]
    public void Any_bytes_are_a_key_that_speaks_for_some_repositories_or_for_none()
    {
        Mangled.Of("https://*.ex?mple.com:5000/v1/team/app/").Sample(key =>
            Assert.InRange(PathLength(key, "reg.example.com:5000/team/app") ?? 0, 0, "team/app".Length));
    }

    private static int? PathLength(string key, string repository) => PathLength(Encoding.UTF8.GetBytes(key), repository);

    private static int? PathLength(byte[] key, string repository) =>
        RegistryKey.Parse(key).Matches(new RepositoryName(Encoding.UTF8.GetBytes(repository)), out var length) ? length : null;
}
