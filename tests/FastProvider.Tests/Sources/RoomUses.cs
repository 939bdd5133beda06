using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Tests.Sources;

/// <summary>A type of one room that the code of another names.</summary>
/// <param name="File">Where it is named, below <c>src/FastProvider</c>.</param>
/// <param name="Room">The room of that file: its folder, or its own name if it lies in none.</param>
/// <param name="Type">The type.</param>
/// <param name="TypeRoom">The room of the type.</param>
internal readonly record struct RoomUse(string File, string Room, string Type, string TypeRoom);

/// <summary>Which rooms of <c>src/FastProvider</c> use which, as the compiler binds the names of their sources.</summary>
internal static class RoomUses
{
    /// <param name="sources">Their texts, by their paths below <c>src/FastProvider</c>.</param>
    public static IReadOnlyList<RoomUse> Of(IReadOnlyDictionary<string, string> sources)
    {
        var compilation = SourceCompilation.Of(sources);
        return
        [
            .. compilation.SyntaxTrees.AsParallel().SelectMany(tree => Of(tree, compilation)).Distinct()
                .OrderBy(use => use.File, StringComparer.Ordinal)
        ];
    }

    /// <summary>The room that a file is in.</summary>
    public static string RoomOf(string file) =>
        file.Contains('/') ? file[..file.IndexOf('/')] : Path.GetFileNameWithoutExtension(file);

    private static IEnumerable<RoomUse> Of(SyntaxTree tree, CSharpCompilation compilation)
    {
        var model = compilation.GetSemanticModel(tree);
        var here = RoomOf(tree.FilePath);
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            var home = type?.OriginalDefinition.Locations.FirstOrDefault(location => location.IsInSource)?.SourceTree?.FilePath;
            if (home is not null && RoomOf(home) != here)
            {
                yield return new RoomUse(tree.FilePath, here, type!.Name, RoomOf(home));
            }
        }
    }
}
