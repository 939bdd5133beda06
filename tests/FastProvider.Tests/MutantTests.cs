using FastProvider.Mutants;

namespace FastProvider.Tests;

/// <summary>The mutants of <c>tests/Mutants</c> keep up with the sources; <c>tests/mutants.sh</c> runs them.</summary>
public sealed class MutantTests
{
    [Fact]
    public void Each_replaces_something_that_is_there_once()
    {
        foreach (var mutant in All())
        {
            var source = File.ReadAllText(Path.Join(Repository.Root, mutant.SourceFile));
            Assert.NotEqual(source, mutant.In(source));
        }
    }

    [Fact]
    public void Each_law_has_some() => Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], All().Select(mutant => mutant.Law).Distinct());

    [Fact]
    public void Each_names_tests_to_notice_it() => Assert.All(All(), mutant => Assert.NotEmpty(mutant.Tests));

    private static IReadOnlyList<Mutant> All() => Mutant.All(Repository.Root);
}
