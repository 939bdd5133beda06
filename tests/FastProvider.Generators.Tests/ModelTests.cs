using System.Collections;
using System.Reflection;
using FastProvider.Generators.Names;
using FastProvider.Generators.Readers;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Tests;

/// <summary>
/// What a step hands on is kept between runs: a symbol or a tree in it would keep whole compilations in memory.
/// </summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(Samples.Names, Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Words, Utf8NamesGenerator.WordsStep)]
    [InlineData(Samples.Whole, JsonReaderGenerator.SpecsStep)]
    [InlineData(Samples.Resumable, JsonReaderGenerator.SpecsStep)]
    public void A_spec_holds_nothing_of_the_compiler(string source, string step)
    {
        var specs = Outputs(GeneratorRun.Of(source), step);
        Assert.NotEmpty(specs);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var spec in specs)
        {
            Walk(spec, seen);
        }

        Assert.True(seen.Count > 10, "The walk came nowhere.");
    }

    [Theory]
    [InlineData(Samples.Names, Utf8NamesGenerator.SpecsStep)]
    [InlineData(Samples.Words, Utf8NamesGenerator.WordsStep)]
    [InlineData(Samples.Whole, JsonReaderGenerator.SpecsStep)]
    [InlineData(Samples.Resumable, JsonReaderGenerator.SpecsStep)]
    public void Specs_of_equal_sources_are_equal(string source, string step)
    {
        var one = Outputs(GeneratorRun.Of(source), step);
        var other = Outputs(GeneratorRun.Of(source), step);
        Assert.Equal(one.Length, other.Length);
        foreach (var (left, right) in one.Zip(other))
        {
            Assert.NotSame(left, right);
            Assert.True(
                left.Equals(right) && left.GetHashCode() == right.GetHashCode(), "Equal declarations make different specs.");
        }
    }

    private static object[] Outputs(GeneratorRun run, string step) =>
        [.. run.Driver.GetRunResult().Results.SelectMany(result => result.TrackedSteps).Where(tracked => tracked.Key == step)
            .SelectMany(tracked => tracked.Value).SelectMany(one => one.Outputs).Select(output => output.Value)];

    private static void Walk(object? node, HashSet<object> seen)
    {
        if (node is null || node is string || node.GetType().IsPrimitive || node.GetType().IsEnum || !seen.Add(node))
        {
            return;
        }

        Assert.False(
            node is ISymbol or Compilation or SyntaxNode or SyntaxTree or SyntaxReference or SemanticModel or Location,
            $"A spec holds a {node.GetType()}.");
        Assert.False(node is Type or Delegate, $"A spec holds a {node.GetType()}.");
        if (node is IEnumerable items)
        {
            foreach (var item in items)
            {
                Walk(item, seen);
            }
        }

        for (var type = node.GetType(); type is not null && !node.GetType().IsArray; type = type.BaseType)
        {
            foreach (var field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Walk(field.GetValue(node), seen);
            }
        }
    }
}
