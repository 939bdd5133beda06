using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FastProvider.Generators.Calls;

/// <summary>Makes the filter of system calls from the list <c>refused-calls.txt</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class CallFilterGenerator : IIncrementalGenerator
{
    private const string List = "refused-calls.txt";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var parsed = context.AdditionalTextsProvider
            .Where(static file => Path.GetFileName(file.Path).Equals(List, StringComparison.Ordinal))
            .Select(static (file, cancel) => CallListParser.Parse(file.Path, file.GetText(cancel) ?? SourceText.From("")));
        context.RegisterSourceOutput(parsed.Select(static (result, _) => result.Calls), static (output, calls) =>
            output.AddSource("CallFilter.g.cs", CallFilterEmitter.Emit(calls)));
        context.RegisterSourceOutput(parsed.SelectMany(static (result, _) => result.Faults.ToArray()), static (output, fault) =>
            output.ReportDiagnostic(fault.ToDiagnostic()));
    }
}
