using FastProvider.Settings;

namespace FastProvider.Fuzz.Laws;

/// <summary>The files of a node, in memory: what a thread writes there is its own.</summary>
internal sealed class LawNode
{
    [ThreadStatic]
    private static LawNode? t_ofThread;

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-laws-").FullName;

    private LawNode()
    {
        if (Directory.Exists("/dev/shm"))
        {
            Directory.Delete(_root);
            _root = Directory.CreateDirectory($"/dev/shm/{Path.GetFileName(_root)}").FullName;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_root, recursive: true);
        Directory.CreateDirectory(In("conf.d"));
        string[] flags =
        [
            "--registries-conf", In("registries.conf"), "--registries-conf-dir", In("conf.d"),
            "--global-auth-file", In("config.json"), "--auth-dir", In("auth"), "--lock-dir", In("locks"), "--slot-wait", "0",
        ];
        Options = Read(flags);
        ChainOptions = Read([.. flags, "--chain", "--chain-config", ProviderConfig, "--chain-bin-dir", "/nonexistent"]);
    }

    public static LawNode OfThread => t_ofThread ??= new();

    /// <summary>The settings of a pull on this node.</summary>
    public Options Options { get; }

    /// <summary>The same, where other credential providers of the kubelet are asked.</summary>
    public Options ChainOptions { get; }

    /// <summary>The kubelet's configuration of them.</summary>
    public string ProviderConfig => In("providers.json");

    /// <summary>Writes what a pull reads.</summary>
    /// <param name="registries">The main registries.conf and its drop-ins, in the order in which they count.</param>
    /// <param name="global">The node's own auth file; null for none.</param>
    public void Write(byte[][] registries, byte[]? global)
    {
        Directory.Delete(In("conf.d"), recursive: true);
        Directory.CreateDirectory(In("conf.d"));
        File.WriteAllBytes(In("registries.conf"), registries.FirstOrDefault() ?? []);
        for (var i = 1; i < registries.Length; i++)
        {
            File.WriteAllBytes(In($"conf.d/{i:000}.conf"), registries[i]);
        }

        File.Delete(In("config.json"));
        if (global is not null)
        {
            File.WriteAllBytes(In("config.json"), global);
        }
    }

    /// <summary>As CRI-O does.</summary>
    public void TakeAuthFile()
    {
        if (Directory.Exists(In("auth")))
        {
            foreach (var file in Directory.EnumerateFiles(In("auth")))
            {
                File.Delete(file);
            }
        }
    }

    private static Options Read(string[] flags)
    {
        var options = Options.Read(flags, static _ => null);
        Assert.Null(options.Failure?.Message);
        return options.Value!;
    }

    private string In(string name) => Path.Combine(_root, name);
}
