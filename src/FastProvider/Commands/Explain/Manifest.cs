using FastProvider.Documents;

namespace FastProvider.Commands.Explain;

/// <summary>An object of Kubernetes as a file has it.</summary>
/// <param name="Content">All of it.</param>
/// <param name="Kind">Its own, or that of the list it stands in.</param>
/// <param name="ApiVersion">The same.</param>
internal readonly record struct Manifest(DocumentNode Content, string Kind, string ApiVersion)
{
    /// <summary>Null if it has none.</summary>
    public string? Name => Content.Find("metadata"u8)?.TextOf("name"u8);

    /// <summary>Whether it is of a kind of the core and of a namespace; one that names none is of any.</summary>
    public bool Is(string kind, string ns) => Kind == kind && ApiVersion == "v1" && IsIn(ns);

    public bool IsIn(string ns) => Content.Find("metadata"u8)?.TextOf("namespace"u8) is not { } named || named == ns;
}
