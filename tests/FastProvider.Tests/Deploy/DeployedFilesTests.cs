namespace FastProvider.Tests.Deploy;

/// <summary>
/// Holds <c>deploy</c> and <c>fast-provider generate</c> together. <c>FAST_PROVIDER_WRITE_DEPLOY=1 dotnet test
/// tests/FastProvider.Tests --filter DeployedFilesTests</c> writes the files anew, after a publish.
/// </summary>
public sealed class DeployedFilesTests
{
    public static TheoryData<string, string> All => DeployedFiles.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Each_is_what_generate_prints(string file, string arguments)
    {
        var text = await DeployedFiles.GenerateAsync(arguments);
        if (Environment.GetEnvironmentVariable(DeployedFiles.WriteVariable) is { Length: > 0 })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(DeployedFiles.SourceOf(file))!);
            await File.WriteAllTextAsync(DeployedFiles.SourceOf(file), text);
        }
        else
        {
            Assert.Equal(await File.ReadAllTextAsync(DeployedFiles.PathOf(file)), text);
        }
    }

    [Fact]
    public void No_file_is_left_over()
    {
        var folder = DeployedFiles.PathOf("");
        // Those of monitoring and the examples are written by hand, and have tests of their own.
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
            .Where(f => !f.StartsWith("monitoring/", StringComparison.Ordinal)
                && !f.StartsWith("examples/", StringComparison.Ordinal));

        Assert.Equal(All.Select(row => (string)row[0]).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }
}
