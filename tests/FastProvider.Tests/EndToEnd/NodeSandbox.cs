namespace FastProvider.Tests.EndToEnd;

/// <summary>The files of one node in a temporary directory of its own, gone when the test ends.</summary>
internal sealed class NodeSandbox : IDisposable
{
    public NodeSandbox()
    {
        Root = Directory.CreateTempSubdirectory("fast-provider-node-").FullName;
        AuthDir = Make("auth");
        RegistriesConfDir = Make("registries.conf.d");
        Pki = Make("pki");
        LockDir = Path.Combine(Root, "run");
        RegistriesConf = Path.Combine(Root, "registries.conf");
        GlobalAuthFile = Path.Combine(Root, "config.json");
        File.WriteAllText(RegistriesConf, "");
    }

    public string Root { get; }

    /// <summary>0700, as the plugin makes it itself.</summary>
    public string AuthDir { get; }

    /// <summary>Missing until a run makes it.</summary>
    public string LockDir { get; }

    public string RegistriesConf { get; }

    /// <summary>Empty unless a test puts drop-ins there.</summary>
    public string RegistriesConfDir { get; }

    /// <summary>Missing unless a test writes it.</summary>
    public string GlobalAuthFile { get; }

    /// <summary>Where kubeconfig, CA and client certificate go.</summary>
    public string Pki { get; }

    /// <summary>Writes registries.conf.</summary>
    public void Configure(string toml) => File.WriteAllText(RegistriesConf, toml);

    /// <summary>Writes registries.conf: one source with mirrors, in order.</summary>
    public void Mirror(string source, params string[] mirrors) => Configure(
        $"[[registry]]\nlocation = \"{source}\"\n"
            + string.Concat(mirrors.Select(m => $"[[registry.mirror]]\nlocation = \"{m}\"\n")));

    /// <summary>Names in the auth directory, temporary files included, without <c>in-use</c>.</summary>
    public IEnumerable<string> AuthDirNames() =>
        Directory.EnumerateFileSystemEntries(AuthDir).Select(e => Path.GetFileName(e)).Where(n => n != "in-use");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Make(string name) =>
        Directory.CreateDirectory(
            Path.Combine(Root, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
