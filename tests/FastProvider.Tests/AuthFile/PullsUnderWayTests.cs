using FastProvider.AuthFile;

namespace FastProvider.Tests.AuthFile;

/// <summary>What CRI-O's in-use directory tells.</summary>
public sealed class PullsUnderWayTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fast-provider-pulls-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_look_leaves_no_descriptor_behind()
    {
        File.SetUnixFileMode(_root.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var inUse = _root.CreateSubdirectory("in-use").FullName;
        File.WriteAllText(Path.Combine(inUse, "team-a-1.json"), "{}");
        using (var directory = AuthDirectory.Open(_root.FullName).Value!)
        {
            Assert.True(PullsUnderWay.Find(directory, DateTime.UtcNow).IsAny);
        }

        Assert.DoesNotContain(
            new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(file => file.LinkTarget),
            target => target?.StartsWith(_root.FullName, StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("team-a-1.json", true)]
    [InlineData("team-a-1.json.swp", false)]
    [InlineData("notes", false)]
    public void Only_an_auth_file_is_a_pull_under_way(string name, bool isPull)
    {
        File.SetUnixFileMode(_root.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_root.CreateSubdirectory("in-use").FullName, name), "{}");
        using var directory = AuthDirectory.Open(_root.FullName).Value!;

        Assert.Equal(isPull, PullsUnderWay.Find(directory, DateTime.UtcNow).IsAny);
    }

    [Fact]
    public void A_link_in_the_place_of_the_directory_is_not_followed()
    {
        File.SetUnixFileMode(_root.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var elsewhere = _root.CreateSubdirectory("elsewhere").FullName;
        File.WriteAllText(Path.Combine(elsewhere, "team-a-1.json"), "{}");
        Directory.CreateSymbolicLink(Path.Combine(_root.FullName, "in-use"), elsewhere);
        using var directory = AuthDirectory.Open(_root.FullName).Value!;

        Assert.Equal(default, PullsUnderWay.Find(directory, DateTime.UtcNow));
    }
}
