namespace FastProvider.Generators.Tests;

/// <summary>
/// The emitted code, byte for byte, as a reader would review it. After a change that is meant to be, set
/// FASTPROVIDER_WRITE_BASELINES=1, run these tests once and look at what git shows.
/// </summary>
public sealed class BaselineTests
{
    [Theory]
    [InlineData(nameof(Samples.Names))]
    [InlineData(nameof(Samples.Words))]
    [InlineData(nameof(Samples.Whole))]
    [InlineData(nameof(Samples.Resumable))]
    public void Emitted_code_is_the_baseline(string sample)
    {
        var run = GeneratorRun.Of(Source(sample));
        Assert.Empty(run.Diagnostics);
        Assert.NotEmpty(run.Emitted);
        var emitted = string.Concat(
            run.Emitted.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"==== {file.Key}\n{file.Value}"));
        IsBaseline(sample, emitted);
    }

    /// <summary>Compares what was emitted, or writes it.</summary>
    /// <param name="sample">The name of the baseline.</param>
    /// <param name="emitted">All of it.</param>
    internal static void IsBaseline(string sample, string emitted)
    {
        var path = Path.Combine(Directory(), "Baselines", sample + ".txt");
        if (Environment.GetEnvironmentVariable("FASTPROVIDER_WRITE_BASELINES") == "1")
        {
            File.WriteAllText(path, emitted);
        }

        using var baseline = new StreamReader(
            typeof(BaselineTests).Assembly.GetManifestResourceStream($"Baselines.{sample}.txt")!);
        Assert.Equal(baseline.ReadToEnd(), emitted);
    }

    private static string Source(string sample) => sample switch
    {
        nameof(Samples.Names) => Samples.Names,
        nameof(Samples.Words) => Samples.Words,
        nameof(Samples.Whole) => Samples.Whole,
        _ => Samples.Resumable,
    };

    // The build maps paths of sources away, so the checkout is found from where the test runs.
    private static string Directory()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "FastProvider.slnx")))
            {
                return Path.Combine(at, "tests", "FastProvider.Generators.Tests");
            }
        }

        throw new DirectoryNotFoundException("Baselines are written in a checkout only.");
    }
}
