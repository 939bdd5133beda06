using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Names;

namespace FastProvider.Tests.Token;

public sealed partial class NamespaceNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("kube-system")]
    [InlineData("a--b")]
    [InlineData("123456789-123456789-123456789-123456789-123456789-123456789-123")]
    public void A_label_is_a_name(string name) => Assert.True(NamespaceName.IsValid(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a.b")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("123456789-123456789-123456789-123456789-123456789-123456789-1234")]
    public void Nothing_else_is(string name) => Assert.False(NamespaceName.IsValid(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void It_is_the_DNS_1123_label_of_the_API_server()
    {
        Gen.OneOf(Gen.Char["a-z0-9-"], Gen.OneOf("az09-.A_/\n".ToCharArray())).Array[0, 66].Sample(characters =>
        {
            var name = new string(characters);
            Assert.Equal(name.Length <= 63 && Label().IsMatch(name), NamespaceName.IsValid(Encoding.UTF8.GetBytes(name)));
        });
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();
}
