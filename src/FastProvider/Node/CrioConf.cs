using System;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// The two settings of CRI-O that say where its auth files are: <c>namespaced_auth_dir</c> and <c>global_auth_file</c> of
/// <c>[crio.image]</c>. Read are crio.conf and then every file below crio.conf.d, whatever its name, in lexical order; the
/// last one wins (CRI-O's pkg/config/config.go, UpdateFromPath). CRI-O's flags and CONTAINER_* environment are not seen.
/// </summary>
internal sealed class CrioConf
{
    /// <summary>CRI-O's default for <see cref="NamespacedAuthDirectory"/>.</summary>
    public const string DefaultNamespacedAuthDirectory = "/etc/crio/auth";

    /// <summary>Where a node's pull secret is if crio.conf names no file: the kubelet's own.</summary>
    public const string DefaultGlobalAuthFile = "/var/lib/kubelet/config.json";

    private const string MainFile = "/etc/crio/crio.conf";
    private const string DropInDirectory = "/etc/crio/crio.conf.d";
    private const int LimitBytes = 1024 * 1024;
    private const int MostLevels = 8;

    /// <summary>Where CRI-O looks for the auth file of a pull; absolute.</summary>
    public string NamespacedAuthDirectory { get; private set; } = DefaultNamespacedAuthDirectory;

    /// <summary>
    /// <c>global_auth_file</c>: null where nothing sets it, empty where a later file takes an earlier one's value back. CRI-O then goes by the
    /// logins of the container libraries alike.
    /// </summary>
    public string? GlobalAuthFile { get; private set; }

    /// <summary>CRI-O notices by itself what changes in the directory of drop-ins (<c>auto_reload_registries</c>).</summary>
    public bool ReloadsRegistries { get; private set; }

    /// <summary>Reads what is there. What cannot be read or is not understood leaves the value before it: CRI-O will complain.</summary>
    public static CrioConf Read(string root = "/")
    {
        var conf = new CrioConf();
        var files = new NodeFiles(root);
        conf.ReadFile(files, MainFile);
        conf.ReadDirectory(files, DropInDirectory, 0);
        return conf;
    }

    private void ReadDirectory(NodeFiles files, string directory, int level)
    {
        foreach (var name in files.Names(directory))
        {
            var path = $"{directory}/{name}";
            if (!files.IsDirectory(path))
            {
                ReadFile(files, path);
            }
            else if (level < MostLevels)
            {
                ReadDirectory(files, path, level + 1);
            }
        }
    }

    private void ReadFile(NodeFiles files, string path)
    {
        if (files.Exists(path) && files.Read(path, LimitBytes, out var content) is null)
        {
            Apply(content);
        }
    }

    /// <summary>Takes the settings of one file (UTF-8 TOML) line by line.</summary>
    internal void Apply(ReadOnlySpan<byte> toml)
    {
        var isImageTable = false;
        var multiLineQuote = ReadOnlySpan<byte>.Empty;
        foreach (var range in toml.Split((byte)'\n'))
        {
            var line = toml[range].Trim(" \t\r"u8);
            if (!multiLineQuote.IsEmpty)
            {
                multiLineQuote = line.IndexOf(multiLineQuote) >= 0 ? [] : multiLineQuote;
            }
            else if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }
            else if (line[0] == '[')
            {
                isImageTable = IsImageTable(line);
            }
            else if (Opens(line, "\"\"\""u8))
            {
                multiLineQuote = "\"\"\""u8;
            }
            else if (Opens(line, "'''"u8))
            {
                multiLineQuote = "'''"u8;
            }
            else if (isImageTable)
            {
                NamespacedAuthDirectory = PathOf(line, "namespaced_auth_dir"u8) ?? NamespacedAuthDirectory;
                GlobalAuthFile = PathOf(line, "global_auth_file"u8) ?? GlobalAuthFile;
                ReloadsRegistries = TruthOf(line, "auto_reload_registries"u8) ?? ReloadsRegistries;
            }
        }
    }

    private static bool IsImageTable(ReadOnlySpan<byte> line)
    {
        var close = line.IndexOf((byte)']');
        return close > 0 && line[1..close].Trim(" \t"u8).SequenceEqual("crio.image"u8) && IsEndOfLine(line[(close + 1)..]);
    }

    private static bool Opens(ReadOnlySpan<byte> line, ReadOnlySpan<byte> quote)
    {
        var open = line.IndexOf(quote);
        return open >= 0 && line[(open + quote.Length)..].IndexOf(quote) < 0;
    }

    // The absolute path of `key = "path"` or `key = 'path'`; escapes do not occur in such paths and are left alone.
    private static string? PathOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        if (!line.StartsWith(key))
        {
            return null;
        }

        line = line[key.Length..].TrimStart(" \t"u8);
        if (line.IsEmpty || line[0] != '=')
        {
            return null;
        }

        line = line[1..].TrimStart(" \t"u8);
        if (line.Length < 2 || line[0] is not ((byte)'"' or (byte)'\'') || line[1] != '/')
        {
            return null;
        }

        var end = line[1..].IndexOf(line[0]) + 1;
        if (end == 0 || !IsEndOfLine(line[(end + 1)..]) || line[1..end].Contains((byte)'\\'))
        {
            return null;
        }

        return Encoding.UTF8.GetString(line[1..end]);
    }

    private static bool? TruthOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        if (!line.StartsWith(key) || line[key.Length..].TrimStart(" \t"u8) is not [(byte)'=', .. var value])
        {
            return null;
        }

        value = value.TrimStart(" \t"u8);
        return value.StartsWith("true"u8) && IsEndOfLine(value[4..]) ? true : value.StartsWith("false"u8) && IsEndOfLine(value[5..]) ? false : null;
    }

    private static bool IsEndOfLine(ReadOnlySpan<byte> rest) => rest.Trim(" \t"u8) is [] or [(byte)'#', ..];
}
