using System;
using FastProvider.Generators;

namespace FastProvider.Secrets;

/// <summary>What kind of auth document a Secret of a type holds.</summary>
internal enum SecretType : byte
{
    /// <summary>None.</summary>
    Other,

    /// <summary><c>{"auths":{}}</c>.</summary>
    [Utf8Name("kubernetes.io/dockerconfigjson")]
    [Utf8Name("kubernetes.io/podmanconfigjson")]
    Config,

    /// <summary>The map alone.</summary>
    [Utf8Name("kubernetes.io/dockercfg")]
    LegacyConfig,
}

/// <summary>
/// The types of Secret that hold registry credentials, as a LIST asks for them.
/// Source: k8s.io/api/core/v1 (the first two); OpenShift's documentation of pull secrets (the third).
/// </summary>
internal static class SecretTypes
{
    /// <summary>The query that selects the Secrets of a type: the first, the second or the third.</summary>
    public static ReadOnlySpan<byte> Selector(int index) => index switch
    {
        0 => "fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson"u8,
        1 => "fieldSelector=type%3Dkubernetes.io%2Fdockercfg"u8,
        _ => "fieldSelector=type%3Dkubernetes.io%2Fpodmanconfigjson"u8,
    };

    /// <summary>What to say of a Secret without the document of its type.</summary>
    public static string WhyMissing(bool isLegacy, bool isOtherThere) => !isOtherThere ? "is missing"
        : isLegacy ? "is missing; its .dockerconfigjson belongs to type kubernetes.io/dockerconfigjson"
        : "is missing; its .dockercfg belongs to type kubernetes.io/dockercfg";
}
