using FastProvider.Mutants;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Tests.Sources;

/// <summary>The sources of the program as the compiler binds them, without what the generators add.</summary>
internal static class SourceCompilation
{
    public static readonly string Folder = Path.Combine(Repository.Root, "src", "FastProvider");

    /// <summary>The sources by their paths below <see cref="Folder"/>; what is built lies elsewhere.</summary>
    public static Dictionary<string, string> Sources() => Directory.GetFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(Folder, path), File.ReadAllText);

    /// <param name="sources">Their texts by their paths.</param>
    public static CSharpCompilation Of(IReadOnlyDictionary<string, string> sources)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            // or names would be bound to what is built, not to what is written
            .Where(path => Path.GetFileName(path) != "fast-provider.dll");
        return CSharpCompilation.Create(
            "sources", sources.Select(source => Tree(source.Key, source.Value)),
            platform.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    public static SyntaxTree Tree(string path, string text) =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None), path);
}
