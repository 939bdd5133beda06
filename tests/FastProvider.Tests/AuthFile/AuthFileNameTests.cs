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
            Assert.Equal($"n-{Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant()}.json", AuthFileName.For("n"u8, bytes));
        });
    }
}
