using FastProvider.Fuzz.Targets;

namespace FastProvider.Fuzz.Replay;

/// <summary>What the guided search kept runs again through its target, without instrumentation.</summary>
public sealed class ReplayTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_input_of_a_corpus_keeps_the_laws_of_its_target(string name) => Run("corpora", name, least: 3);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_finding_is_mended(string name) => Run("findings", name, least: 0);

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
