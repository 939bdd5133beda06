namespace FastProvider.Mirrors;

/// <summary>
/// Where the configuration of registries is. Without any setting it is read from the well-known places, as the container
/// libraries do (go.podman.io/image 5.40, storage/pkg/configfile): the first main file that exists, then the drop-ins of four
/// directories.
/// </summary>
internal readonly record struct RegistriesFiles()
{
    /// <summary>
    /// The main file given by a flag; it must exist. The well-known drop-in directories are still read, as the container
    /// libraries do when they are given a main file; <see cref="DropInDirectory"/> changes that.
    /// </summary>
    public string? MainPath { get; init; }

    /// <summary>The drop-in directory given by a flag: no other is read. It may be missing.</summary>
    public string? DropInDirectory { get; init; }

    /// <summary>
    /// The value of <c>CONTAINERS_REGISTRIES_CONF</c>: a main file that must exist, beside which the well-known drop-in
    /// directories are not read. <see cref="MainPath"/> wins over it; null or empty means unset.
    /// </summary>
    public string? MainFromEnvironment { get; init; }

    /// <summary>
    /// The value of <c>CONTAINERS_REGISTRIES_CONF_OVERRIDE</c>: a file that must exist and is read last; null or empty means
    /// unset.
    /// </summary>
    public string? OverrideFromEnvironment { get; init; }

    /// <summary>The directory under which the well-known places lie.</summary>
    public string Root { get; init; } = "/";
}
