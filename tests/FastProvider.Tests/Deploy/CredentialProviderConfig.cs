namespace FastProvider.Tests.Deploy;

/// <summary>The kubelet's configuration of its providers (k8s.io/kubelet/config/v1); no client library has it.</summary>
public sealed class CredentialProviderConfig
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public IList<Provider> Providers { get; set; } = [];

    /// <summary>One provider.</summary>
    public sealed class Provider
    {
        public string Name { get; set; } = "";

        public string ApiVersion { get; set; } = "";

        public IList<string> MatchImages { get; set; } = [];

        public string DefaultCacheDuration { get; set; } = "";

        public IList<string> Args { get; set; } = [];

        public TokenAttributes TokenAttributes { get; set; } = new();
    }

    /// <summary>What token the provider gets, and what comes with it.</summary>
    public sealed class TokenAttributes
    {
        public string ServiceAccountTokenAudience { get; set; } = "";

        public string CacheType { get; set; } = "";

        public bool RequireServiceAccount { get; set; } = true;

        public IList<string> RequiredServiceAccountAnnotationKeys { get; set; } = [];

        public IList<string> OptionalServiceAccountAnnotationKeys { get; set; } = [];
    }
}
