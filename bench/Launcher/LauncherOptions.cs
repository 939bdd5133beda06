using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>The command line of the launcher.</summary>
internal sealed record LauncherOptions
{
    public const string Usage = """
        usage: launcher [--rounds N] [--warmup N] [--out DIRECTORY] [--port N] [--cpus MASK] [--mounts N,...]
                        [--build NAME=BINARY]... [--other NAME=COMMAND]... [--only NAME,...]

          --rounds N   how often each contender runs, in turn (default 100)
          --warmup N   rounds before that, not counted (default 5)
          --out        where samples, table and picture go (default perf-baselines/results)
          --port N     the API server's port (default any; 6443 with --other, as some providers know no other)
          --mounts     how many mounts the nodes have on which contenders run (default 25,600); 0 for those of the machine alone
          --cpus MASK  hexadecimal: the CPUs of the contenders (default: all but the last, which is the server's)
          --busy MS    not these, but how long pulls read Secrets of an API server whose consistent LISTs wait for the next tick
                       of so many ms, as a real one's that is written to (busy-server.md); of --build the pull of 3 Secrets
          --only       names of contenders: only these run
          --build      another build of the plugin, for the starts and the pull of 3 Secrets
          --other      another provider or client. It gets the requests (3 Secrets, and no mirror) on standard input. In COMMAND, words
                       in braces stand for the scene's files: {registries-conf} {kubeconfig} {ca} {url} {list-url} {token} {auth-dir}
                       One that knows fixed paths alone finds them: /etc/containers/registries.conf, /etc/crio/auth, and
                       /etc/kubernetes/apiserver-url.env, which names localhost:6443
        """;

    private const int KubeadmPort = 6443;

    public int Rounds { get; private init; } = 100;

    public int Warmup { get; private init; } = 5;

    /// <summary>Consistent LISTs wait for the next tick of so many milliseconds; 0 for the table of processes.</summary>
    public int BusyTickMs { get; private init; }

    public string Out { get; private init; } = Repository.Baselines("results");

    public int Port { get; private init; }

    /// <summary>Bit n: contenders may run on CPU n.</summary>
    public ulong CpuMask { get; private init; } =
        Environment.ProcessorCount == 1 ? 1 : (1UL << Environment.ProcessorCount) - 1 & ~(1UL << ServerProcess.Cpu);

    public IReadOnlyList<(string Name, string Command)> Others { get; private init; } = [];

    public IReadOnlyList<(string Name, string Binary)> Builds { get; private init; } = [];

    /// <summary>Of each node; none for the machine's own.</summary>
    public IReadOnlyList<int> Mounts { get; private init; } = [MountNamespace.OfBareMachine, MountNamespace.OfNode];

    /// <summary>Empty for all.</summary>
    public IReadOnlySet<string> Only { get; private init; } = new HashSet<string>();

    /// <exception cref="SceneException">The command line is wrong.</exception>
    public static LauncherOptions Read(string[] args)
    {
        var options = new LauncherOptions();
        if (args.Length % 2 != 0)
        {
            throw new SceneException(Usage);
        }

        for (var i = 0; i < args.Length; i += 2)
        {
            var value = args[i + 1];
            options = args[i] switch
            {
                "--busy" => options with { BusyTickMs = Number(value) },
                "--rounds" => options with { Rounds = Number(value) },
                "--warmup" => options with { Warmup = Number(value) },
                "--out" => options with { Out = value },
                "--port" => options with { Port = Number(value) },
                "--cpus" => options with { CpuMask = ulong.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) },
                "--mounts" => options with { Mounts = [.. value.Split(',').Select(Number).Where(count => count > 0)] },
                "--build" when value.Split('=', 2) is [var name, var binary] =>
                    options with { Builds = [.. options.Builds, (name, Path.GetFullPath(binary))] },
                "--only" => options with { Only = value.Split(',').ToHashSet() },
                "--other" when value.Split('=', 2) is [var name, var command] =>
                    options with { Others = [.. options.Others, (name, command)] },
                _ => throw new SceneException(Usage),
            };
        }

        return options with { Port = options.Port == 0 && options.Others.Count > 0 ? KubeadmPort : options.Port };
    }

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw new SceneException(Usage);
}
