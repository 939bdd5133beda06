namespace FastProvider.Tests.Packages;

/// <summary>Both archives, unpacked for the tests of a class.</summary>
public sealed class UnpackedArchives : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-archives-").FullName;

    public string PathOf(Architecture architecture, string file) =>
        Path.Join(_root, $"fast-provider-{BuildVersion.Value}-{architecture.RuntimeIdentifier}", file);

    public async Task InitializeAsync()
    {
        foreach (var archive in (string[])[Artefacts.Archive(Architecture.X64), Artefacts.Archive(Architecture.Arm64)])
        {
            await Artefacts.AskAsync("tar", "-xzf", archive, "-C", _root);
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }
}
