using FastProvider.Mutants;
using FastProvider.Tests.Sources;
using Microsoft.CodeAnalysis;

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

    /// <summary>
    /// One that does not compile says nothing about the tests. What only generators add is missing with and without it.
    /// </summary>
    [Fact]
    public void Each_compiles()
    {
        var unchanged = SourceCompilation.Of(SourceCompilation.Sources());
        var trees = unchanged.SyntaxTrees.ToDictionary(tree => Path.Join(SourceCompilation.Folder, tree.FilePath));
        // What generators are made of is built when such a mutant runs.
        var ofProgram = All().Where(mutant => !mutant.SourceFile.StartsWith("src/Generators/", StringComparison.Ordinal));
        var ofFiles = ofProgram.GroupBy(mutant => trees[Path.Join(Repository.Root, mutant.SourceFile)]).ToDictionary(
            file => file.Key,
            file => file.Select(mutant =>
                (mutant.Name, Tree: SourceCompilation.Tree(file.Key.FilePath, mutant.In($"{file.Key}")))).ToList());
        var broken = new List<string>();
        var errors = Errors(unchanged, ofFiles.Keys);
        // One mutant of each file at a time, as each compilation binds all declarations anew.
        for (var round = 0; round < ofFiles.Values.Max(mutants => mutants.Count); round++)
        {
            var mutants = ofFiles.Where(file => round < file.Value.Count)
                .ToDictionary(file => file.Value[round].Tree, file => (Original: file.Key, file.Value[round].Name));
            var mutated = mutants.Aggregate(unchanged, (all, mutant) => all.ReplaceSyntaxTree(mutant.Value.Original, mutant.Key));
            broken.AddRange(Errors(mutated, mutants.Keys)
                .Where(tree => tree.Value > errors[mutants[tree.Key].Original]).Select(tree => mutants[tree.Key].Name));
        }

        Assert.Equal([], broken);
    }

    [Fact]
    public void Each_law_has_some() => Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], All().Select(mutant => mutant.Law).Distinct());

    [Fact]
    public void Each_names_tests_to_notice_it() => Assert.All(All(), mutant => Assert.NotEmpty(mutant.Tests));

    private static Dictionary<SyntaxTree, int> Errors(Compilation compilation, IEnumerable<SyntaxTree> trees) =>
        trees.AsParallel().Select(tree => (Tree: tree, Found: compilation.GetSemanticModel(tree).GetDiagnostics()))
            .ToDictionary(
                pair => pair.Tree,
                pair => pair.Found.Count(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error));

    private static IReadOnlyList<Mutant> All() => Mutant.All(Repository.Root);
}
