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

        Assert.Null(FileBytes.Read(path, length, missingIsEmpty: false, out var bytes));
        using (bytes)
        {
            Assert.Equal(content, bytes.Span.ToArray());
        }

        if (length > 0)
        {
            Assert.Contains($"{length} bytes, more than the {length - 1}", FileBytes.Read(path, length - 1, missingIsEmpty: true, out _)!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_file_is_empty_only_where_that_is_allowed()
    {
        var path = Path.Combine(_root, "missing");
        Assert.Null(FileBytes.Read(path, 10, missingIsEmpty: true, out var bytes));
        Assert.Equal(0, bytes.Length);
        bytes.Dispose();
        Assert.Contains("ENOENT", FileBytes.Read(path, 10, missingIsEmpty: false, out _)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_and_never_waited_for()
    {
        var fifo = Path.Combine(_root, "fifo");
        using (var mkfifo = Process.Start("mkfifo", [fifo]))
        {
            mkfifo.WaitForExit();
        }

        Assert.Contains("not a regular file", FileBytes.Read(fifo, 10, missingIsEmpty: true, out _)!.Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", FileBytes.Read(_root, 10, missingIsEmpty: true, out _)!.Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", FileBytes.Read("/dev/zero", 10, missingIsEmpty: true, out _)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_read_is_zeroed_when_it_is_given_back()
    {
        var path = Path.Combine(_root, "file");
        File.WriteAllText(path, "password");
        Assert.Null(FileBytes.Read(path, 100, missingIsEmpty: false, out var bytes));
        var memory = bytes.Memory;

        bytes.Dispose();

        Assert.True(memory.Span.IndexOfAnyExcept((byte)0) < 0);
    }
}
