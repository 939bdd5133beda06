
namespace FastProvider.Commands.Doctor;

/// <summary>
/// What is looked at, as words for programs. An interface: docs/doctor.md says what each is, and a word never changes its meaning
/// within a major version.
/// </summary>
internal static class FindingId
{
    public const string Privileges = "privileges";
    public const string Kubelet = "kubelet";
    public const string KubeletVersion = "kubelet-version";
    public const string KubeletConfig = "kubelet-config";
    public const string FeatureGates = "feature-gates";
    public const string ImageVerification = "image-verification";
    public const string ImagePulls = "image-pulls";
    public const string ProviderConfig = "provider-config";
    public const string ProviderEntry = "provider-entry";
    public const string ProviderBinary = "provider-binary";
    public const string ProviderSettings = "provider-settings";
    public const string TokenAttributes = "token-attributes";
    public const string Audience = "audience";
    public const string CacheDuration = "cache-duration";
    public const string KubeletRestart = "kubelet-restart";
    public const string RegistriesConf = "registries-conf";
    public const string RegistriesEndpoints = "registries-endpoints";
    public const string RegistriesUseless = "registries-useless";
    public const string RegistriesKeys = "registries-keys";
    public const string CredentialHelpers = "credential-helpers";
    public const string MatchImagesCover = "match-images-cover";
    public const string MatchImagesUseless = "match-images-useless";
    public const string Crio = "crio";
    public const string CrioVersion = "crio-version";
    public const string CrioRegistries = "crio-registries";
    public const string CrioReload = "crio-reload";
    public const string CrioConf = "crio-conf";
    public const string CrioAuthDir = "crio-auth-dir";
    public const string AuthDir = "auth-dir";
    public const string LockDir = "lock-dir";
    public const string Agent = "agent";
    public const string AgentSocket = "agent-socket";
    public const string AgentVersion = "agent-version";
    public const string AgentGrants = "agent-grants";
    public const string AgentApi = "agent-api";
    public const string StaleAuthFiles = "stale-auth-files";
    public const string StaleInUse = "stale-in-use";
    public const string GlobalAuthFile = "global-auth-file";
    public const string GlobalAuthOpens = "global-auth-opens";
    public const string GlobalAuthMasks = "global-auth-masks";
    public const string OpenImages = "open-images";
    public const string OpenSsl = "openssl";
    public const string OpenSslAge = "openssl-age";
    public const string Confinement = "confinement";
    public const string Journal = "journal";
    public const string ApiServer = "api-server";
    public const string Clock = "clock";
    public const string NodeIdentity = "node-identity";
    public const string AudienceRbac = "audience-rbac";
    public const string Chain = "chain";
    public const string SharedSecrets = "shared-secrets";
}
