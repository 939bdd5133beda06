using System.Text;
using FastProvider.Names;

namespace FastProvider.Tests.Mirrors;

/// <summary>
/// Names as docker/reference of go.podman.io/image takes them (ParseNamed, parseShortNameValue, validateShortName).
/// </summary>
public sealed class ReferenceNameTests
{
    [Theory]
    [InlineData("docker.io/library/busybox")]
    [InlineData("localhost/x")]
    [InlineData("localhost:5000/x")]
    [InlineData("host:5/x")]
    [InlineData("Example.COM/x")]
    [InlineData("a-b.c--d/x/y/z")]
    [InlineData("example.com/a.b_c__d-e---f/0")]
    [InlineData("foo_bar.com/x")] // no domain, but a path component; the whole is a name all the same
    [InlineData("10.0.0.7:5000/p/x")]
    public void IsCanonical(string name) => Assert.True(ReferenceName.IsCanonical(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("")]
    [InlineData("busybox")]
    [InlineData("library/busybox")]
    [InlineData("docker.io/busybox")]
    [InlineData("index.docker.io/library/busybox")]
    [InlineData("docker.io")]
    [InlineData("docker.io/")]
    [InlineData("example.com:5000")]
    [InlineData("example.com//x")]
    [InlineData("example.com/x/")]
    [InlineData("/x")]
    [InlineData("example.com/X")]
    [InlineData("example.com/x:1")]
    [InlineData("example.com/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("example.com/mirrored:443/x")]
    [InlineData("example.com:/x")]
    [InlineData("example.com:5a/x")]
    [InlineData("-a.com/x")]
    [InlineData("a-.com/x")]
    [InlineData("a..b/x")]
    [InlineData(".a/x")]
    [InlineData("a.b./x")]
    [InlineData("[::1]:5000/x")]
    [InlineData("example.com/a..b")]
    [InlineData("example.com/a___b")]
    [InlineData("example.com/a._b")]
    [InlineData("example.com/_a")]
    [InlineData("example.com/a_")]
    [InlineData("example.com/a-")]
    [InlineData("example.com/ä")]
    [InlineData("Foo_bar.com/x")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void IsNotCanonical(string name) => Assert.False(ReferenceName.IsCanonical(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("[::1]:5000/app", true)]
    [InlineData("[2001:DB8::aF]/x/y", true)]
    [InlineData("[1]:5/x", true)]
    [InlineData("[]/x", false)]
    [InlineData("[::1]", false)]
    [InlineData("[::1]/", false)]
    [InlineData("[::1]:/x", false)]
    [InlineData("[::1]5/x", false)]
    [InlineData("[::1]5:5/x", false)]
    [InlineData("[::1]:5a/x", false)]
    [InlineData("[::g]/x", false)]
    [InlineData("[fe80::1%eth0]/x", false)]
    [InlineData("[::1/x]/y", false)]
    [InlineData("(::1]/x", false)]
    public void IsOnIPv6(string name, bool expected) =>
        Assert.Equal(expected, ReferenceName.IsOnIPv6(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void TheLengthIsBounded()
    {
        Assert.True(ReferenceName.IsCanonical(Name("a.b/", 255)));
        Assert.False(ReferenceName.IsCanonical(Name("a.b/", 256)));
        Assert.True(ReferenceName.IsShortName(Name("", 255)));
        Assert.False(ReferenceName.IsShortName(Name("", 256)));
        Assert.True(ReferenceName.IsOnIPv6(Name("[::1]/", 255)));
        Assert.False(ReferenceName.IsOnIPv6(Name("[::1]/", 256)));
        // What normalisation adds and drops counts, too.
        Assert.True(ReferenceName.IsAliasTarget(Name("docker.io/", 247)));
        Assert.False(ReferenceName.IsAliasTarget(Name("docker.io/", 248)));
        Assert.True(ReferenceName.IsAliasTarget(Name("docker.io/a/", 255)));
        Assert.True(ReferenceName.IsAliasTarget(Name("index.docker.io/", 253)));
        Assert.False(ReferenceName.IsAliasTarget(Name("index.docker.io/", 254)));
        Assert.True(ReferenceName.IsNormalizable(Name("docker.io/", 247)));
        Assert.False(ReferenceName.IsNormalizable(Name("docker.io/", 248)));
        Assert.True(ReferenceName.IsNormalizable(Name("index.docker.io/a/", 261)));
        Assert.False(ReferenceName.IsNormalizable(Name("index.docker.io/a/", 262)));

        static byte[] Name(string start, int length) => Encoding.UTF8.GetBytes(start.PadRight(length, 'a'));
    }

    [Theory]
    [InlineData("docker.io/busybox", "docker.io/library/busybox")]
    [InlineData("index.docker.io/busybox", "docker.io/library/busybox")]
    [InlineData("index.docker.io/a/b", "docker.io/a/b")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox")]
    [InlineData("example.com/x", "example.com/x")]
    [InlineData("docker.iox/x", "docker.iox/x")]
    public void NormalizesDockerHub(string name, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(ReferenceName.Normalize(Encoding.UTF8.GetBytes(name), new byte[255])));
}
