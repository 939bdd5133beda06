namespace FastProvider.Tests.ApiServer;

/// <summary>
/// A fieldSelector: terms joined by commas that must all hold, each <c>label=value</c>, <c>label==value</c> or
/// <c>label!=value</c>. Secrets know <c>type</c>, <c>metadata.name</c> and <c>metadata.namespace</c> (apimachinery's fields
/// package).
/// </summary>
internal sealed class FieldSelector
{
    private readonly List<(string Label, bool IsNegated, string Value)> _terms = [];

    /// <summary>
    /// The label of the first term that Secrets do not know, with which the API server answers 400; null if all are known.
    /// </summary>
    public string? UnknownLabel { get; private init; }

    public bool IsEmpty => _terms.Count == 0;

    public static FieldSelector Parse(string text)
    {
        var terms = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ParseTerm).ToList();
        var unknown = terms.Select(t => t.Label)
            .FirstOrDefault(l => l is not ("type" or "metadata.name" or "metadata.namespace"));
        var selector = new FieldSelector { UnknownLabel = unknown };
        selector._terms.AddRange(terms);
        return selector;
    }

    public bool Matches(Secret secret, string @namespace) => _terms.TrueForAll(term =>
    {
        var actual = term.Label switch { "type" => secret.Type, "metadata.name" => secret.Name, _ => @namespace };
        return actual == term.Value != term.IsNegated;
    });

    private static (string Label, bool IsNegated, string Value) ParseTerm(string term)
    {
        var equals = term.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return (term, false, "");
        }

        var isNegated = equals > 0 && term[equals - 1] == '!';
        var value = term[(equals + 1)..];
        return (term[..(isNegated ? equals - 1 : equals)], isNegated, value.StartsWith('=') ? value[1..] : value);
    }
}
