namespace FastProvider.Documents;

/// <summary>What a <see cref="DocumentNode"/> is.</summary>
internal enum DocumentNodeKind : byte
{
    /// <summary>Nothing, or an explicit null.</summary>
    Null,

    /// <summary>Text, a number or a truth value: <see cref="DocumentNode.Text"/>.</summary>
    Scalar,

    /// <summary>Children with keys.</summary>
    Mapping,

    /// <summary>Children without keys.</summary>
    Sequence,
}
