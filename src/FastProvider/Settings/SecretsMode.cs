using System;
using FastProvider.Generators;

namespace FastProvider.Settings;

/// <summary>Which Secrets a pull reads, and as whom.</summary>
internal enum SecretsMode
{
    /// <summary>All of the namespace, listed as the workload.</summary>
    [Utf8Name("namespace")]
    Namespace,

    /// <summary>Those that an annotation of the ServiceAccount names, as the workload.</summary>
    [Utf8Name("annotation")]
    Annotation,

    /// <summary>Those that the pod names in imagePullSecrets, as the node.</summary>
    [Utf8Name("pod")]
    Pod,

    /// <summary><see cref="Annotation"/> where the ServiceAccount has it, else <see cref="Namespace"/>.</summary>
    [Utf8Name("auto")]
    Auto,
}

/// <summary>The words of the modes, and what a mode comes to in one pull.</summary>
internal static partial class SecretsModes
{
    [Utf8Word]
    public static partial ReadOnlySpan<byte> Word(this SecretsMode mode);

    /// <returns>Null for any other word.</returns>
    [Utf8Find]
    public static partial SecretsMode? Find(string word);

    /// <returns>Not <see cref="SecretsMode.Auto"/>.</returns>
    public static SecretsMode For(this SecretsMode mode, bool hasAnnotation) => mode is not SecretsMode.Auto ? mode
        : hasAnnotation ? SecretsMode.Annotation
        : SecretsMode.Namespace;
}
