namespace FastProvider.Tests.Packages;

/// <summary>All archives, unpacked for the tests of a class.</summary>
public sealed class UnpackedArchives : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-archives-").FullName;

    public string PathOf(Architecture architecture, string file, string package = Artefacts.Default) =>
        Path.Join(_root, $"{package}-{BuildVersion.Value}-{architecture.RuntimeIdentifier}", file);

    public async Task InitializeAsync()
    {
        foreach (var architecture in (Architecture[])[Architecture.X64, Architecture.Arm64])
        {
            await Artefacts.AskAsync("tar", "-xzf", Artefacts.Archive(architecture), "-C", _root);
            await Artefacts.AskAsync("tar", "-xzf", Artefacts.Archive(architecture, Artefacts.Static), "-C", _root);
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }
}
