namespace FastProvider.Tests.EndToEnd;

/// <summary>Other credential providers of the kubelet: shell scripts in a directory, and the configuration of them.</summary>
internal sealed class ChainedPrograms
{
    private string _entries = "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n";

    /// <param name="root">Where both are made.</param>
    public ChainedPrograms(string root)
    {
        Config = Path.Combine(root, "providers.yaml");
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(root, "providers")).FullName;
    }

    public string Config { get; }

    public string Directory { get; }

    /// <summary>A script has said so.</summary>
    public bool WasRun => File.Exists(PathOf("was-run"));

    /// <summary>Adds one; its working directory is the directory of programs.</summary>
    public ChainedPrograms Add(
        string name, string script, string apiVersion = "credentialprovider.kubelet.k8s.io/v1",
        string matchImages = "localhost:5000", string[]? args = null, (string Name, string Value)? env = null, string more = "",
        int hours = 0)
    {
        File.WriteAllText(PathOf(name), $"#!/bin/bash\ncd {Directory}\n{script}\n");
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _entries += $"  - name: {name}\n    matchImages: [\"{matchImages}\"]\n    defaultCacheDuration: {hours}h\n"
            + $"    apiVersion: {apiVersion}\n"
            + (args is null ? "" : $"    args: [{string.Join(", ", args.Select(arg => $"\"{arg}\""))}]\n")
            + (env is { } variable ? $"    env: [{{name: {variable.Name}, value: {variable.Value}}}]\n" : "")
            + more;
        File.WriteAllText(Config, _entries);
        return this;
    }

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>What a script wrote; null if it did not.</summary>
    public string? Left(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)) : null;

    /// <summary>The arguments of the node, without a request.</summary>
    public string[] Arguments(PullScene scene, string[] more) =>
        [.. scene.Arguments("--chain-config", Config, "--chain-bin-dir", Directory), .. more];
}
