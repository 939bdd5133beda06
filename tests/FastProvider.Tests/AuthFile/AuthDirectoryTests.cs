using FastProvider.AuthFile;
using FastProvider.Base;

namespace FastProvider.Tests.AuthFile;

public sealed class AuthDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnly | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-auth-").FullName;

    private string Auth => Path.Combine(_root, "crio", "auth");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    public void A_missing_directory_is_made_for_its_owner_alone(string end)
    {
        using (Open(Auth + end))
        {
            Assert.Equal(OwnerOnlyDirectory, File.GetUnixFileMode(Auth));
        }

        using (Open(Auth + end))
        {
            Assert.Empty(Directory.GetFileSystemEntries(Auth));
        }
    }

    [Fact]
    public void A_directory_that_only_others_may_read_is_taken_as_CRI_O_makes_it()
    {
        Directory.CreateDirectory(Auth);
        File.SetUnixFileMode(
            Auth,
            OwnerOnlyDirectory | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        using var directory = Open(Auth);

        Assert.Null(directory.Write("a.json", "{}"u8));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    public void A_directory_that_others_may_write_is_refused(UnixFileMode mode)
    {
        Directory.CreateDirectory(Auth);
        File.SetUnixFileMode(Auth, OwnerOnlyDirectory | mode);

        Assert.Contains("can be written by others", Refuses(Auth), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    public void A_symbolic_link_is_refused_however_it_is_spelled(string end)
    {
        var real = Directory.CreateDirectory(Path.Combine(_root, "real")).FullName;
        File.SetUnixFileMode(real, OwnerOnlyDirectory);
        var link = Path.Combine(_root, "link");
        Directory.CreateSymbolicLink(link, real);

        Assert.Contains("symbolic link", Refuses(link + end), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dangling_link_a_file_and_a_missing_parent_are_refused()
    {
        var dangling = Path.Combine(_root, "dangling");
        File.CreateSymbolicLink(dangling, Path.Combine(_root, "nowhere"));
        Assert.Contains("symbolic link", Refuses(dangling), StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(_root, "nowhere")));

        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        Assert.Contains("no directory", Refuses(file), StringComparison.Ordinal);

        Assert.Contains("cannot make", Refuses("/proc/nowhere/a"), StringComparison.Ordinal);
    }

    /// <summary>As CRI-O does.</summary>
    [Fact]
    public void What_is_missing_above_it_is_made_too()
    {
        var path = Path.Combine(_root, "a", "b", "c");

        using var directory = Open(path);

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(Path.Combine(_root, "a", "b")), 8));
    }

    [Fact]
    public void A_file_is_whole_for_its_owner_alone_and_nothing_lies_beside_it()
    {
        using var directory = Open(Auth);

        Assert.Null(directory.Write("a.json", "first"u8));
        Assert.Null(directory.Write("a.json", "second"u8));
        Assert.Null(directory.Write("b.json", ""u8));

        Assert.Equal("second", File.ReadAllText(Path.Combine(Auth, "a.json")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(Auth, "a.json")));
        Assert.Equal(["a.json", "b.json"], Directory.GetFileSystemEntries(Auth).Select(Path.GetFileName).Order());
        Assert.Equal(Path.Combine(Auth, "a.json"), directory.FilePath("a.json"));
    }

    [Fact]
    public void Pulls_of_one_process_write_at_once()
    {
        using var directory = Open(Auth);

        Parallel.For(0, 400, i => Assert.Null(directory.Write($"{i}.json", "{}"u8)));

        Assert.Equal(400, Directory.GetFileSystemEntries(Auth, "*.json").Length);
        Assert.Equal(400, Directory.GetFileSystemEntries(Auth).Length);
    }

    [Fact]
    public void A_reader_of_the_old_file_keeps_the_old_file()
    {
        using var directory = Open(Auth);
        Assert.Null(directory.Write("a.json", "old"u8));
        using var reader = File.OpenText(Path.Combine(Auth, "a.json"));

        Assert.Null(directory.Write("a.json", "new and longer"u8));

        Assert.Equal("old", reader.ReadToEnd());
        Assert.Equal("new and longer", File.ReadAllText(Path.Combine(Auth, "a.json")));
    }

    [Fact]
    public void A_link_planted_under_the_name_is_replaced_and_never_followed()
    {
        using var directory = Open(Auth);
        var outside = Path.Combine(_root, "outside");
        File.WriteAllText(outside, "untouched");
        File.CreateSymbolicLink(Path.Combine(Auth, "a.json"), outside);

        Assert.Null(directory.Write("a.json", "{}"u8));

        Assert.Equal("untouched", File.ReadAllText(outside));
        Assert.Null(new FileInfo(Path.Combine(Auth, "a.json")).LinkTarget);

        File.CreateSymbolicLink(Path.Combine(Auth, "b.json"), outside);
        Assert.Null(directory.Remove("b.json"));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public void A_directory_that_was_opened_cannot_be_swapped()
    {
        using var directory = Open(Auth);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root, "elsewhere")).FullName;
        Directory.Move(Auth, Auth + "-moved");
        Directory.CreateSymbolicLink(Auth, elsewhere);

        Assert.Null(directory.Write("a.json", "{}"u8));

        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.True(File.Exists(Path.Combine(Auth + "-moved", "a.json")));
    }

    [Fact]
    public void Removing_twice_is_removing_once()
    {
        using var directory = Open(Auth);
        Assert.Null(directory.Write("a.json", "{}"u8));
        Assert.Null(directory.Write("b.json", "{}"u8));

        Assert.Null(directory.Remove("a.json"));
        Assert.Null(directory.Remove("a.json"));

        Assert.Equal(["b.json"], Directory.GetFileSystemEntries(Auth).Select(Path.GetFileName));
    }

    [Fact]
    public void What_cannot_be_replaced_or_removed_is_a_failure_that_leaves_no_temporary_file()
    {
        using var directory = Open(Auth);
        Directory.CreateDirectory(Path.Combine(Auth, "a.json"));

        Assert.Contains(
            $"cannot write auth file {Path.Combine(Auth, "a.json")}", directory.Write("a.json", "{}"u8)!.Message,
            StringComparison.Ordinal);
        Assert.Contains("cannot remove", directory.Remove("a.json")!.Message, StringComparison.Ordinal);

        Assert.Equal(["a.json"], Directory.GetFileSystemEntries(Auth).Select(Path.GetFileName));
    }

    private static AuthDirectory Open(string path)
    {
        var opened = AuthDirectory.Open(path);
        Assert.Null(opened.Failure?.Message);
        return opened.Value!;
    }

    private static string Refuses(string path)
    {
        var opened = AuthDirectory.Open(path);
        Assert.Null(opened.Value);
        var failure = opened.Failure;
        Assert.NotNull(failure);
        Assert.Equal(Failure.PullFailed, failure.ExitCode);
        return failure.Message;
    }
}
