using FastProvider.Node;

namespace FastProvider.Tests.Node;

public class NodeFilesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(8191, 100_000)]
    [InlineData(8192, 8192)]
    [InlineData(50_000, 50_000)]
    public void A_file_up_to_the_limit_is_read_whole(int bytes, int limitBytes)
    {
        using var node = new NodeTree().With("/file", new string('x', bytes));

        Assert.Null(new NodeFiles(node.Root).Read("/file", limitBytes, out var content));

        Assert.Equal(bytes, content.Length);
        Assert.DoesNotContain(content, value => value != 'x');
    }

    [Fact]
    public void A_file_of_proc_is_read_though_its_size_is_zero()
    {
        Assert.Null(new NodeFiles().Read("/proc/self/stat", 4096, out var content));
        Assert.NotEmpty(content);
    }

    [Theory]
    [InlineData("/file", 9, "cannot be read: it is too large")]
    [InlineData("/none", 10, "does not exist")]
    [InlineData("/file/below", 10, "cannot be read: not a directory (ENOTDIR)")]
    [InlineData("/folder", 10, "cannot be read: it is not a regular file")]
    [InlineData("", 10, "is no path")]
    [InlineData("/a\0b", 10, "is no path")]
    public void What_cannot_be_read_says_why(string path, int limitBytes, string reason)
    {
        using var node = new NodeTree().With("/file", "0123456789").With("/folder/x", "");

        Assert.Equal(reason, new NodeFiles(node.Root).Read(path, limitBytes, out var content));
        Assert.Empty(content);
    }

    [Theory]
    [InlineData("/file", true, false)]
    [InlineData("/folder", false, true)]
    [InlineData("/to-file", true, false)]
    [InlineData("/to-folder", false, true)]
    [InlineData("/to-nothing", false, false)]
    [InlineData("/none", false, false)]
    [InlineData("/file/below", false, false)]
    [InlineData("", false, false)]
    [InlineData("/file\0", false, false)]
    public void A_symbolic_link_is_what_it_leads_to(string path, bool isFile, bool isDirectory)
    {
        using var node = new NodeTree().With("/file", "").With("/folder/x", "");
        File.CreateSymbolicLink(node.Root + "/to-file", "file");
        File.CreateSymbolicLink(node.Root + "/to-folder", "folder");
        File.CreateSymbolicLink(node.Root + "/to-nothing", "nothing");
        var files = new NodeFiles(node.Root);

        Assert.Equal((isFile, isDirectory), (files.Exists(path), files.IsDirectory(path)));
    }

    [Fact]
    public void A_directory_is_listed_in_lexical_order()
    {
        using var node = new NodeTree().With("/d/b", "").With("/d/B", "").With("/d/a/x", "")
            .With("/d/.hidden", "").With("/d/\u00fc", "");
        var files = new NodeFiles(node.Root);

        Assert.Equal([".hidden", "B", "a", "b", "\u00fc"], files.Names("/d"));
        Assert.Empty(files.Names("/none"));
        Assert.Empty(files.Names("/d/b"));
    }
}
