using System;

namespace FastProvider.Secrets;

/// <summary>
/// The types of Secret that hold registry credentials, and the data key of each.
/// Source: k8s.io/api/core/v1 (the first two); OpenShift's documentation of pull secrets (the third).
/// </summary>
internal static class SecretTypes
{
    public static ReadOnlySpan<byte> Config => "kubernetes.io/dockerconfigjson"u8;

    public static ReadOnlySpan<byte> ConfigKey => ".dockerconfigjson"u8;

    public static ReadOnlySpan<byte> LegacyConfig => "kubernetes.io/dockercfg"u8;

    public static ReadOnlySpan<byte> LegacyConfigKey => ".dockercfg"u8;

    public static ReadOnlySpan<byte> PodmanConfig => "kubernetes.io/podmanconfigjson"u8;

    public static ReadOnlySpan<byte> PodmanConfigKey => ".podmanconfigjson"u8;
}
