using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>
/// One <c>[[registry]]</c> as it stands in the file; absent strings are empty. <see cref="Mark"/> says where it stands.
/// </summary>
internal struct RegistryTable
{
    public TextSpan Prefix;
    public TextSpan Location;
    public TextSpan PullFromMirror;
    public bool Insecure;
    public bool Blocked;
    public bool MirrorByDigestOnly;
    public int Mark;
}

/// <summary>One mirror of a <see cref="RegistryTable"/> as it stands in the file.</summary>
internal struct MirrorTable
{
    public TextSpan Location;
    public TextSpan PullFromMirror;
    public bool Insecure;
}

/// <summary>What one file says about the image.</summary>
internal struct RegistriesFindings
{
    /// <summary>Whether a registry matches.</summary>
    public bool Matched;

    /// <summary>The registry that decides, if one matches; its mirrors are in the scratch.</summary>
    public RegistryTable Best;

    /// <summary>How many of the scratch's best mirrors belong to <see cref="Best"/>.</summary>
    public int BestMirrorCount;

    /// <summary>Whether the file has <c>credential-helpers</c>, if only an empty list, which resets an earlier file's.</summary>
    public bool HasCredentialHelpers;

    /// <summary>Whether <c>credential-helpers</c> names helpers and not the auth files.</summary>
    public bool HelpersExcludeAuthFiles;
}
