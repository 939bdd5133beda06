namespace FastProvider.Tests;

/// <summary>Finds the recorded and generated inputs under <c>tests/data</c>, which are copied beside the test assembly.</summary>
internal static class TestData
{
    public static string Path(params string[] parts)
    {
        var path = System.IO.Path.Combine([AppContext.BaseDirectory, "data", .. parts]);
        Assert.True(File.Exists(path), $"Test data is missing: {string.Join('/', parts)} under tests/data.");
        return path;
    }
}
