namespace FastProvider.Documents;

/// <summary>
/// What a scalar is to Kubernetes, which takes YAML for JSON (sigs.k8s.io/yaml) and then decodes that into typed fields.
/// </summary>
internal enum ScalarType : byte
{
    /// <summary>A string: quoted, a block of lines, tagged so, or plain and nothing else.</summary>
    Text,

    /// <summary>A number without a fraction or exponent.</summary>
    Integer,

    /// <summary>Any other number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>Nothing: no value of this type is a scalar of the tree, but <see cref="DocumentNodeKind.Null"/>.</summary>
    Null,
}
