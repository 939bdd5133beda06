using System.Diagnostics;
using FastProvider.Native;

namespace FastProvider.Tests.Native;

public sealed class FileBytesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-file-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void A_file_is_read_whole_up_to_the_bound(int length)
    {
        var path = Path.Combine(_root, "file é");
        var content = new byte[length];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(path, content);

        Assert.True(FileBytes.Read(path, length, out var bytes).IsNone);
        using (bytes)
        {
            Assert.Equal(content, bytes.Span.ToArray());
        }

        if (length > 0)
        {
            Assert.Equal(FileFault.TooLarge, FileBytes.Read(path, length - 1, out _));
        }
    }

    [Fact]
    public void A_missing_file_is_told_apart_from_one_that_cannot_be_read()
    {
        Assert.True(FileBytes.Read(Path.Combine(_root, "missing"), 10, out var bytes).IsMissing);
        Assert.Equal(0, bytes.Length);
        bytes.Dispose();

        File.WriteAllText(Path.Combine(_root, "file"), "");
        var below = FileBytes.Read(Path.Combine(_root, "file", "below"), 10, out _);
        Assert.False(below.IsNone || below.IsMissing);
        Assert.Contains("ENOTDIR", below.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_configuration_may_be_spelled_as_the_null_device()
    {
        Assert.True(FileBytes.Read("/dev/null", 10, out var bytes).IsNone);
        Assert.Equal(0, bytes.Length);
        bytes.Dispose();
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_and_never_waited_for()
    {
        var fifo = Path.Combine(_root, "fifo");
        using (var mkfifo = Process.Start("mkfifo", [fifo]))
        {
            mkfifo.WaitForExit();
        }

        Assert.Equal(FileFault.NotRegular, FileBytes.Read(fifo, 10, out _));
        Assert.Equal(FileFault.NotRegular, FileBytes.Read(_root, 10, out _));
        Assert.Equal(FileFault.TooLarge, FileBytes.Read("/dev/zero", 10, out _));
    }

    [Fact]
    public void What_was_read_is_zeroed_when_it_is_given_back()
    {
        var path = Path.Combine(_root, "file");
        File.WriteAllText(path, "password");
        Assert.True(FileBytes.Read(path, 100, out var bytes).IsNone);
        var memory = bytes.Memory;

        bytes.Dispose();

        Assert.True(memory.Span.IndexOfAnyExcept((byte)0) < 0);
    }
}
