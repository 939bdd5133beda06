namespace FastProvider.Settings;

/// <summary>Which Secrets a pull reads, and as whom.</summary>
internal enum SecretsMode
{
    /// <summary>All of the namespace, listed as the workload.</summary>
    Namespace,

    /// <summary>Those that an annotation of the ServiceAccount names, as the workload.</summary>
    Annotation,

    /// <summary>Those that the pod names in imagePullSecrets, as the node.</summary>
    Pod,

    /// <summary><see cref="Annotation"/> where the ServiceAccount has it, else <see cref="Namespace"/>.</summary>
    Auto,
}

/// <summary>What a mode comes to in one pull.</summary>
internal static class SecretsModes
{
    /// <returns>Not <see cref="SecretsMode.Auto"/>.</returns>
    public static SecretsMode For(this SecretsMode mode, bool hasAnnotation) => mode is not SecretsMode.Auto ? mode
        : hasAnnotation ? SecretsMode.Annotation
        : SecretsMode.Namespace;
}
