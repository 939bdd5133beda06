using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FastProvider.Tests.Documents;

/// <summary>
/// The binary has no engine of regular expressions and no <see cref="Uri"/> (Substitutions.xml of the program): what calls one of
/// them would get an answer that says nothing.
/// </summary>
public sealed class RegexAndUriTests
{
    public static TheoryData<Type> Linked =>
        [
            typeof(FastProvider.Documents.DocumentReader), typeof(Microsoft.Extensions.ObjectPool.ObjectPool<>)
        ];

    [Theory]
    [MemberData(nameof(Linked))]
    public void Nothing_in_the_program_refers_to_them(Type linked)
    {
        using var file = File.OpenRead(linked.Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();

        var referred = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToList();

        Assert.Contains("System.Object", referred);
        Assert.DoesNotContain(
            referred,
            name => name is "System.Uri" || name.StartsWith("System.Text.RegularExpressions.", StringComparison.Ordinal));
    }
}
