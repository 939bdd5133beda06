using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

internal static class Reading
{
    /// <summary>The first document of a text that must be read.</summary>
    public static DocumentNode One(byte[] text)
    {
        var read = DocumentReader.ReadOne(text, "/k");
        Assert.Null(read.Failure?.Message);
        return read.Value ?? throw new InvalidOperationException();
    }
}
