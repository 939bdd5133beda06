using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Native;
using FastProvider.Toml;

namespace FastProvider.Node;

/// <summary>
/// The settings of CRI-O that say where its auth files are: <c>namespaced_auth_dir</c> and <c>global_auth_file</c> of
/// <c>[crio.image]</c>. Read are crio.conf and then every file below crio.conf.d, whatever its name, in lexical order; the last
/// one wins, and the flags and <c>CONTAINER_*</c> variables of CRI-O win over all. They also say where those files are
/// (mergeConfig in internal/criocli/criocli.go, UpdateFromPath in pkg/config/config.go). A pull and doctor read them here alike.
/// </summary>
internal sealed class CrioConf
{
    /// <summary>CRI-O's default for <see cref="NamespacedAuthDirectory"/>.</summary>
    public const string DefaultNamespacedAuthDirectory = "/etc/crio/auth";

    /// <summary>Where a node's pull secret is if crio.conf names no file: the kubelet's own.</summary>
    public const string DefaultGlobalAuthFile = "/var/lib/kubelet/config.json";

    /// <summary>The main file, unless CRI-O was started with another.</summary>
    public const string DefaultMainFile = "/etc/crio/crio.conf";

    /// <summary>The directory of drop-ins, unless CRI-O was started with another.</summary>
    public const string DefaultDropInDirectory = "/etc/crio/crio.conf.d";

    private const int LimitBytes = 1024 * 1024;
    private const int MostLevels = 8;

    private readonly NodeFiles _files;
    private readonly NodeService? _crio;

    private CrioConf(NodeFiles files, NodeService? crio) => (_files, _crio) = (files, crio);

    /// <summary>The defaults of a CRI-O that reads no file.</summary>
    public static CrioConf Defaults => new(new NodeFiles(), null);

    /// <summary>The main file, be it there or not; empty if CRI-O was told to read none.</summary>
    public string MainFile { get; private set; } = DefaultMainFile;

    /// <summary>The directory of drop-ins, be it there or not.</summary>
    public string DropInDirectory { get; private set; } = DefaultDropInDirectory;

    /// <summary>Where CRI-O looks for the auth file of a pull; absolute.</summary>
    public string NamespacedAuthDirectory { get; private set; } = DefaultNamespacedAuthDirectory;

    /// <summary>
    /// <c>global_auth_file</c>: null where nothing sets it, empty where a later file takes an earlier one's value back. CRI-O
    /// then goes by the logins of the container libraries alike.
    /// </summary>
    public string? GlobalAuthFile { get; private set; }

    /// <summary>CRI-O notices by itself what changes in the directory of drop-ins (<c>auto_reload_registries</c>).</summary>
    public bool ReloadsRegistries { get; private set; }

    /// <summary>The files that CRI-O does not start with, each with the reason.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Reads what the CRI-O that runs on a node goes by.</summary>
    /// <param name="root">The directory that stands for the node's <c>/</c>.</param>
    /// <param name="stamps">Takes what was looked at; null for nobody.</param>
    public static CrioConf Read(string root = "/", FileStamps? stamps = null)
    {
        var files = new NodeFiles(root, stamps);
        return Read(files, NodeService.FindRunning(files, "crio.service", "crio"));
    }

    /// <summary>
    /// Reads what a CRI-O goes by. A file that cannot be read, or that CRI-O would not start with, leaves the values before it: a
    /// CRI-O that runs has read another.
    /// </summary>
    /// <param name="files">The node.</param>
    /// <param name="crio">What CRI-O was started with; null if nobody knows.</param>
    public static CrioConf Read(NodeFiles files, NodeService? crio)
    {
        var conf = new CrioConf(files, crio);
        var named = Setting(crio, "CONTAINER_CONFIG", "--config", "-c");
        conf.MainFile = named ?? DefaultMainFile;
        conf.DropInDirectory = Setting(crio, "CONTAINER_CONFIG_DIR", "--config-dir", "-d") ?? DefaultDropInDirectory;
        if (conf.MainFile.Length > 0)
        {
            conf.ReadFile(AtRoot(conf.MainFile));
        }

        // Only a file that nobody named may be missing.
        if (named is { Length: > 0 } && !files.Exists(AtRoot(named)))
        {
            conf.Faults.Add($"{AtRoot(named)}, which CRI-O was told to read,"
                + $" {(files.IsDirectory(AtRoot(named)) ? "is a directory" : "does not exist")}");
        }

        conf.ReadDirectory(AtRoot(conf.DropInDirectory), 0);
        conf.TakeDirectory(Setting(crio, "CONTAINER_NAMESPACED_AUTH_DIR", "--namespaced-auth-dir"));
        conf.TakeFile(Setting(crio, "CONTAINER_GLOBAL_AUTH_FILE", "--global-auth-file"));
        return conf;
    }

    /// <summary>A variable of the CRI-O that this is of; null where it is not set, or nobody knows.</summary>
    public string? Variable(string name) => _crio?.Environment.GetValueOrDefault(name);

    /// <summary>A flag, with one dash or two, else its variable; null if neither is there. An empty value is one.</summary>
    private static string? Setting(NodeService? crio, string variable, params ReadOnlySpan<string> flags)
    {
        if (crio is null)
        {
            return null;
        }

        foreach (var flag in flags)
        {
            var other = flag.StartsWith("--", StringComparison.Ordinal) ? flag[1..] : $"-{flag}";
            foreach (var spelled in (ReadOnlySpan<string>)[flag, other])
            {
                if (GoFlags.All(crio.Arguments, spelled) is [.., var value])
                {
                    return value;
                }
            }
        }

        return crio.Environment.GetValueOrDefault(variable);
    }

    private void ReadDirectory(string directory, int level)
    {
        foreach (var name in _files.Names(directory))
        {
            var path = $"{directory.TrimEnd('/')}/{name}";
            if (!_files.IsDirectory(path))
            {
                ReadFile(path);
            }
            else if (level < MostLevels)
            {
                ReadDirectory(path, level + 1);
            }
            else
            {
                Faults.Add($"{path} is more than {MostLevels} directories deep");
            }
        }
    }

    private void ReadFile(string path)
    {
        if (_files.Exists(path) && (_files.Read(path, LimitBytes, out var content) ?? Apply(content)) is { } fault)
        {
            Faults.Add($"{path} {fault}");
        }
    }

    /// <summary>Takes the settings of one file, all of them or none.</summary>
    /// <returns>Null, or why CRI-O refuses the file, in words that follow its path.</returns>
    private string? Apply(ReadOnlySpan<byte> file)
    {
        var text = file[TomlText.ByteOrderMarkLength(file)..];
        if (TomlDocument.Read(text, out var document) is { } unread)
        {
            return $"line {TomlText.LineOf(text, unread.At)}: {unread.What}";
        }

        if (!document.Root.TryGetField("crio"u8, out var crio))
        {
            return null;
        }

        TomlValue image = default;
        if (crio.Kind != TomlKind.Table || (crio.TryGetField("image"u8, out image) && image.Kind != TomlKind.Table))
        {
            return $"line {TomlText.LineOf(text, crio.At)}: crio and crio.image are tables";
        }

        if (!crio.TryGetField("image"u8, out image))
        {
            return null;
        }

        var hasDirectory = image.TryGetField("namespaced_auth_dir"u8, out var directory);
        var hasFile = image.TryGetField("global_auth_file"u8, out var global);
        var hasReload = image.TryGetField("auto_reload_registries"u8, out var reload);
        if ((hasDirectory && directory.Kind != TomlKind.String) || (hasFile && global.Kind != TomlKind.String)
            || (hasReload && reload.Kind != TomlKind.Boolean))
        {
            return $"line {TomlText.LineOf(text, image.At)}: a value of [crio.image] has the wrong type";
        }

        TakeDirectory(hasDirectory ? Encoding.UTF8.GetString(directory.Text) : null);
        TakeFile(hasFile ? Encoding.UTF8.GetString(global.Text) : null);
        ReloadsRegistries = hasReload ? reload.Truth : ReloadsRegistries;
        return null;
    }

    // CRI-O does not start with a directory that is not absolute.
    private void TakeDirectory(string? directory) =>
        NamespacedAuthDirectory = directory?.StartsWith('/') == true ? directory : NamespacedAuthDirectory;

    private void TakeFile(string? file) => GlobalAuthFile = file is null ? GlobalAuthFile : file.Length == 0 ? "" : AtRoot(file);

    // A service works in the root directory.
    private static string AtRoot(string path) => path.StartsWith('/') ? path : $"/{path}";
}
