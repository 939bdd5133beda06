using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Generators.Readers;

/// <summary>Adds readers of JSON to the types marked <c>[JsonReader]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class JsonReaderGenerator : IIncrementalGenerator
{
    /// <summary>The step whose outputs tests look at.</summary>
    internal const string SpecsStep = "JsonReader";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        context.RegisterPostInitializationOutput(static output =>
        {
            output.AddSource("JsonReader.Attributes.g.cs", ReaderAttributes.Source);
            output.AddSource("JsonText.g.cs", ReaderAttributes.JsonText);
        });

        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
            ReaderAttributes.Reader,
            static (node, _) => node is TypeDeclarationSyntax,
            static (found, cancel) => JsonReaderParser.Parse(found, cancel));

        // Two outputs, so that a fault that only moved emits nothing anew.
        var specs = parsed.Select(static (result, _) => result.Spec)
            .Where(static spec => spec is not null)
            .WithTrackingName(SpecsStep);
        context.RegisterSourceOutput(specs, static (output, spec) =>
            output.AddSource(spec!.Container.FileName + ".g.cs", JsonReaderEmitter.Emit(spec)));
        context.RegisterSourceOutput(parsed.SelectMany(static (result, _) => result.Faults.ToArray()), static (output, fault) =>
            output.ReportDiagnostic(fault.ToDiagnostic()));
    }
}
