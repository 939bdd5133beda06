using FastProvider.Fuzz.Targets;

namespace FastProvider.Fuzz.Replay;

/// <summary>What the guided search kept runs again through its target, without instrumentation.</summary>
public sealed class ReplayTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_input_of_a_corpus_keeps_the_laws_of_its_target(string name) => Run("corpora", name, least: 3);

    // The others have none: what a search finds is put here with its target.
    [Theory]
    [InlineData("http", 5)]
    [InlineData("kubeconfig", 5)]
    [InlineData("proxy", 1)]
    public void Every_finding_is_mended(string name, int least) => Run("findings", name, least);

    [Fact]
    public void Every_folder_of_inputs_is_a_targets()
    {
        foreach (var folder in new[] { "corpora", "findings" })
        {
            var names = Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, folder))
                .Select(path => Path.GetFileName(path)!);
            Assert.Empty(names.Except(FuzzTargets.All.Keys));
        }
    }

    [Fact]
    public void A_broken_law_is_noticed() => Assert.Throws<LawBrokenException>(() => Law.Same("a", "b", "a is b"));

    private static void Run(string folder, string name, int least)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, folder, name);
        var files = Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
        Assert.True(files.Length >= least, $"Only {files.Length} inputs are in {folder}/{name}.");
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var file in files)
        {
            try
            {
                FuzzTargets.All[name](GuardedInput.Lay(File.ReadAllBytes(file)));
            }
            catch (LawBrokenException broken)
            {
                Assert.Fail($"{folder}/{name}/{Path.GetFileName(file)}: {broken.Message}");
            }
        }
    }
}
