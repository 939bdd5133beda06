using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Generators.Names;

/// <summary>Implements the partial methods marked <c>[Utf8Find]</c> and <c>[Utf8Word]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class Utf8NamesGenerator : IIncrementalGenerator
{
    /// <summary>The steps whose outputs tests look at.</summary>
    internal const string SpecsStep = "Utf8Find", WordsStep = "Utf8Word";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        context.RegisterPostInitializationOutput(
            static output => output.AddSource("Utf8Names.Attributes.g.cs", NameAttributes.Source));

        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
            NameAttributes.Find,
            static (node, _) => node is MethodDeclarationSyntax,
            static (found, cancel) => Utf8NamesParser.Parse(found, cancel));

        // Two outputs, so that a fault that only moved emits nothing anew.
        var specs = parsed.Select(static (result, _) => result.Spec)
            .Where(static spec => spec is not null)
            .WithTrackingName(SpecsStep);
        context.RegisterSourceOutput(specs, static (output, spec) =>
            output.AddSource(spec!.Container.FileName + ".g.cs", Utf8NamesEmitter.Emit(spec)));
        context.RegisterSourceOutput(parsed.SelectMany(static (result, _) => result.Faults.ToArray()), static (output, fault) =>
            output.ReportDiagnostic(fault.ToDiagnostic()));

        var read = context.SyntaxProvider.ForAttributeWithMetadataName(
            NameAttributes.Word,
            static (node, _) => node is MethodDeclarationSyntax,
            static (found, cancel) => Utf8WordsParser.Parse(found, cancel));
        var words = read.Select(static (result, _) => result.Spec).Where(static spec => spec is not null)
            .WithTrackingName(WordsStep);
        context.RegisterSourceOutput(words, static (output, spec) =>
            output.AddSource(spec!.Container.FileName + ".g.cs", Utf8NamesEmitter.Emit(spec)));
        context.RegisterSourceOutput(read.SelectMany(static (result, _) => result.Faults.ToArray()), static (output, fault) =>
            output.ReportDiagnostic(fault.ToDiagnostic()));
    }
}
