using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Basic.Reference.Assemblies;
using FastProvider.Generators.Names;
using FastProvider.Generators.Readers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Tests;

/// <summary>Runs both generators over a source, as the compiler would.</summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview);

    private GeneratorRun(GeneratorDriver driver, Compilation output, ImmutableArray<Diagnostic> diagnostics)
    {
        Driver = driver;
        Output = output;
        Diagnostics = diagnostics;
    }

    public GeneratorDriver Driver { get; }

    /// <summary>The source together with what was emitted for it.</summary>
    public Compilation Output { get; }

    /// <summary>What the generators reported.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>What was emitted, without the attributes, by file name.</summary>
    public Dictionary<string, string> Emitted => Driver.GetRunResult().Results.SelectMany(result => result.GeneratedSources)
        .Where(source =>
            !source.HintName.EndsWith(".Attributes.g.cs", StringComparison.Ordinal) && source.HintName != "JsonText.g.cs")
        .ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    public static GeneratorRun Of(string source)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new Utf8NamesGenerator().AsSourceGenerator(), new JsonReaderGenerator().AsSourceGenerator()],
            parseOptions: ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return Run(driver, Compile(source));
    }

    /// <summary>Runs again after an edit that replaced the source.</summary>
    public GeneratorRun After(string source) =>
        Run(
            Driver,
            Output.RemoveSyntaxTrees(Output.SyntaxTrees.Skip(1 + Sources().Count()))
                .ReplaceSyntaxTree(Output.SyntaxTrees.First(), Parse(source)));

    /// <summary>Compiles source and emitted code, which must be free of warnings, and loads them.</summary>
    public Assembly Load()
    {
        Assert.Empty(Diagnostics);
        using var stream = new MemoryStream();
        var result = Output.Emit(stream);
        Assert.Empty(result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        stream.Position = 0;
        return new AssemblyLoadContext("sample", isCollectible: true).LoadFromStream(stream);
    }

    private static GeneratorRun Run(GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        return new GeneratorRun(driver, output, diagnostics);
    }

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Sample",
        [Parse(source), .. Sources()],
        Net100.References.All,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, ParseOptions, "Sample.cs");

    private static IEnumerable<SyntaxTree> Sources()
    {
        var assembly = typeof(GeneratorRun).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith("Source.", StringComparison.Ordinal));
        foreach (var name in names)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return CSharpSyntaxTree.ParseText(reader.ReadToEnd(), ParseOptions, name);
        }
    }
}
