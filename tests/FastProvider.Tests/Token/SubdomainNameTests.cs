using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Names;

namespace FastProvider.Tests.Token;

public sealed partial class SubdomainNameTests
{
    [Fact]
    public void It_takes_what_the_expression_of_Kubernetes_takes() =>
        Gen.Char["ab0-./A%\u00e9"].Array[0, 9].Select(c => new string(c)).Sample(
            name => Assert.Equal(Expression().IsMatch(name), SubdomainName.IsValid(Encoding.UTF8.GetBytes(name))), iter: 20_000);

    [Fact]
    public void It_has_at_most_253_characters()
    {
        Assert.True(SubdomainName.IsValid(Encoding.ASCII.GetBytes(new string('a', 253))));
        Assert.False(SubdomainName.IsValid(Encoding.ASCII.GetBytes(new string('a', 254))));
    }

    // k8s.io/apimachinery/pkg/util/validation, dns1123SubdomainFmt.
    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Expression();
}
