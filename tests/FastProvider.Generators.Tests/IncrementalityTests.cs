using FastProvider.Generators.Names;
using FastProvider.Generators.Readers;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Tests;

/// <summary>What an edit makes the generators do again. In an editor they run at each key stroke.</summary>
public sealed class IncrementalityTests
{
    [Theory]
    [InlineData(Samples.Names, Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Words, Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Words, Utf8NamesGenerator.WordsStep)]
    [InlineData(Samples.Whole, JsonReaderGenerator.SpecsStep)]
    [InlineData(Samples.Resumable, JsonReaderGenerator.SpecsStep)]
    public void The_first_run_is_new_and_an_unrelated_edit_emits_nothing_again(string source, string step)
    {
        var first = GeneratorRun.Of(source);
        Assert.All(Reasons(first, step), reason => Assert.Equal(IncrementalStepRunReason.New, reason));

        var second = first.After(
            "// A line above moves everything.\n" + source + "\npublic static class Unrelated { public static int One => 1; }");

        AssertCached(second, step);
        Assert.Equal(first.Emitted, second.Emitted);
    }

    [Theory]
    [InlineData(Samples.Whole, "Items++", "Items += 1")]
    [InlineData(Samples.Resumable, "_items.Clear();", "_items.Length = 0;")]
    public void A_changed_body_emits_nothing_again(string source, string before, string after) =>
        AssertCached(GeneratorRun.Of(source).After(Replace(source, before, after)), JsonReaderGenerator.SpecsStep);

    [Theory]
    [InlineData(Samples.Names, "\"location\"", "\"locations\"", Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Names, "IgnoreCase = true", "IgnoreCase = false", Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Words, "\"warning\"", "\"careful\"", Utf8NamesGenerator.WordsStep)]
    [InlineData(Samples.Words, "\"Q\"", "\"q\"", Utf8NamesGenerator.WordsStep)]
    [InlineData(Samples.Words, "\"Q\"", "\"q\"", Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Whole, "\"exp\"", "\"nbf\"", JsonReaderGenerator.SpecsStep)]
    [InlineData(Samples.Whole, "\"small\"", "\"tiny\"", JsonReaderGenerator.SpecsStep)]
    [InlineData(Samples.Resumable, "NamesAreUnique = true", "NamesAreUnique = false", JsonReaderGenerator.SpecsStep)]
    public void A_changed_declaration_is_emitted_again(string source, string before, string after, string step)
    {
        var first = GeneratorRun.Of(source);

        var second = first.After(Replace(source, before, after));

        Assert.Contains(IncrementalStepRunReason.Modified, Reasons(second, step));
        Assert.NotEqual(first.Emitted, second.Emitted);
    }

    private static string Replace(string source, string before, string after)
    {
        Assert.Contains(before, source, StringComparison.Ordinal);
        return source.Replace(before, after, StringComparison.Ordinal);
    }

    private static void AssertCached(GeneratorRun run, string step)
    {
        Assert.All(Reasons(run, step), reason =>
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step} is {reason}."));
        var outputs = run.Driver.GetRunResult().Results
            .SelectMany(result => result.TrackedOutputSteps).SelectMany(steps => steps.Value)
            .SelectMany(one => one.Outputs).ToArray();
        Assert.NotEmpty(outputs);
        Assert.All(outputs, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    private static IncrementalStepRunReason[] Reasons(GeneratorRun run, string step)
    {
        var reasons = run.Driver.GetRunResult().Results.SelectMany(result => result.TrackedSteps)
            .Where(tracked => tracked.Key == step).SelectMany(tracked => tracked.Value).SelectMany(one => one.Outputs)
            .Select(output => output.Reason).ToArray();
        Assert.NotEmpty(reasons);
        return reasons;
    }
}
