using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>Who runs, in the order of a round.</summary>
internal static class Contenders
{
    private const string Start = "start of a process", Unmirrored = "image without mirror",
        ThreeSecrets = "mirrored image, 3 Secrets", Unserved = "mirrored image, no Secret";

    /// <summary>Built by bench.sh where there is a Go compiler.</summary>
    private static string GoGet => Repository.Artifact("bench/goget");

    /// <summary>The plugin that carries its own OpenSSL, and OpenSSL from C; built by bench.sh where libssl-dev is.</summary>
    private static string StaticPlugin => Repository.Artifact("publish-static/fast-provider");

    private static string OpenSslList => Repository.Artifact("bench/openssl_list");

    /// <param name="node">The files and the server.</param>
    /// <param name="options">Who else, and who alone.</param>
    /// <param name="mounts">The nodes on which starts and pulls of 3 Secrets are run; the first has the rest, too.</param>
    public static List<Contender> All(NodeScene node, LauncherOptions options, IReadOnlyList<MountNamespace> mounts)
    {
        var all = All(node, options);
        var everywhere = mounts.SelectMany((where, index) => all
            .Where(contender => index == 0 || contender.Group is Start or Unmirrored or ThreeSecrets)
            .Select(contender => contender.On(where)));
        var chosen = mounts.Count == 0 ? all : [.. everywhere];
        return options.Only.Count == 0 ? chosen : chosen.FindAll(c => options.Only.Contains(c.Name.Split('@')[0]));
    }

    private static List<Contender> All(NodeScene node, LauncherOptions options)
    {
        var plugin = Repository.Existing(
            Repository.Plugin, "dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish");
        var empty = Repository.Existing(Repository.Artifact("bench/empty/empty"),
            "dotnet publish bench/Contenders/Empty -c Release -r linux-x64 -o artifacts/bench/empty");
        var nothing = node.In("empty.conf");
        List<Contender> all =
        [
            new("c", "C, return 0, static", Start, ["aot"], new([Programs.Compiled("bench/Contenders/return0.c")], nothing)),
            new("aot", "empty NativeAOT program, the plugin's settings", Start, [], new([empty], nothing)),
            new("plugin-unmirrored", "fast-provider, empty registries.conf", Unmirrored,
                ["aot", .. options.Builds.Select(build => $"{build.Name}-unmirrored")], node.Unmirrored(plugin)),
            new("plugin-10000-tables", "fast-provider, registries.conf of 10,000 tables", Unmirrored, ["plugin-unmirrored"],
                node.UnmirroredAmongTables(plugin)),
        ];
        if (File.Exists(StaticPlugin))
        {
            all.Add(new("static-unmirrored", "fast-provider, static OpenSSL, empty registries.conf", Unmirrored, ["aot"],
                node.Unmirrored(StaticPlugin)));
        }

        foreach (var (name, binary) in options.Builds)
        {
            all.Add(new($"{name}-unmirrored", $"fast-provider, build {name}, empty registries.conf", Unmirrored, ["aot"],
                node.Unmirrored(binary)));
            all.Add(new($"{name}-mirrored-3", $"fast-provider, build {name}, the whole pull", ThreeSecrets, ["curl-list-3"],
                node.Mirrored(binary, 3)));
        }

        foreach (var secrets in (int[])[3, 1_000, 10_000])
        {
            var group = string.Create(CultureInfo.InvariantCulture, $"mirrored image, {secrets:N0} Secrets");
            var curl = string.Create(CultureInfo.InvariantCulture, $"curl-list-{secrets}");
            var go = string.Create(CultureInfo.InvariantCulture, $"go-get-{secrets}");
            all.Add(new(curl, "curl, the LIST alone", group, [], Curl(node, secrets)));
            if (File.Exists(GoGet))
            {
                all.Add(new(go, "Go, bare net/http, the LIST alone", group, [curl], Go(node, secrets)));
            }

            all.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"plugin-mirrored-{secrets}"), "fast-provider, the whole pull", group,
                [curl, go, .. options.Builds.Select(build => $"{build.Name}-mirrored-{secrets}")],
                node.Mirrored(plugin, secrets)));
            if (File.Exists(StaticPlugin))
            {
                all.Add(new(string.Create(CultureInfo.InvariantCulture, $"static-mirrored-{secrets}"),
                    "fast-provider, static OpenSSL, the whole pull", group, [curl, go], node.Mirrored(StaticPlugin, secrets)));
            }

            if (secrets == 3)
            {
                all.Add(new("agent-mirrored-3", "fast-provider, the whole pull by way of the agent", group,
                    ["plugin-unmirrored", "plugin-mirrored-3", curl, go], node.MirroredByAgent(plugin, secrets)));
            }

            if (secrets == 3)
            {
                all.Add(new("shared-mirrored-3", "fast-provider, with eight shared Secrets that are not for the pod", group,
                    ["plugin-mirrored-3"], node.MirroredWithShared(plugin, secrets)));
                all.Add(new("plugin-unserved-0", "fast-provider, no Secret serves the mirror", Unserved, [],
                    node.Mirrored(plugin, 0)));
                all.Add(new("chain-unserved-0", "the same, --chain and a provider for other images", Unserved,
                    ["plugin-unserved-0"], node.UnservedWithChain(plugin)));
            }

            if (secrets == 3 && File.Exists(OpenSslList))
            {
                all.Add(new("openssl-list-3", "C and OpenSSL alone, the LIST alone", group, [curl], OpenSsl(node, secrets)));
            }
        }

        foreach (var (name, command) in options.Others)
        {
            all.Add(new(name, $"{name}, as given", ThreeSecrets, ["curl-list-3", "plugin-mirrored-3"],
                Other(command, node, "mirrored-3.json")) { IsGiven = true });
            all.Add(new($"{name}-unmirrored", $"{name}, as given", Unmirrored, ["plugin-unmirrored"],
                Other(command, node, "unmirrored.json")) { IsGiven = true });
        }

        return all;
    }

    // --fail: an answer of 403 is no measurement.
    private static Command Curl(NodeScene node, int secrets) => new(
        [
            "/usr/bin/curl", "--silent", "--fail", "--output", "/dev/null", "--cacert", node.Server.Authority,
            "--header", $"Authorization: Bearer {node.Server.Token(secrets)}", node.Server.ListUrl(secrets),
        ],
        node.In("empty.conf"));

    // Prints nothing; that it got an answer of 200 is its exit status.
    private static Command Go(NodeScene node, int secrets) =>
        new([GoGet, node.Server.Authority, node.Server.Token(secrets), node.Server.ListUrl(secrets)], node.In("empty.conf"));

    private static Command OpenSsl(NodeScene node, int secrets) =>
        new(
            [OpenSslList, node.Server.Authority, node.Server.Token(secrets), node.Server.ListUrl(secrets)],
            node.In("empty.conf"));

    /// <summary>What <c>--other</c> names the scene's files by.</summary>
    private static Dictionary<string, string> SceneWords(NodeScene node) => new()
    {
        ["{registries-conf}"] = node.In("mirror.conf"),
        ["{kubeconfig}"] = node.Server.Kubeconfig,
        ["{ca}"] = node.Server.Authority,
        ["{url}"] = node.Server.Url,
        ["{list-url}"] = node.Server.ListUrl(3),
        ["{token}"] = node.Server.Token(3),
        ["{auth-dir}"] = node.AuthDir,
    };

    private static Command Other(string command, NodeScene node, string request)
    {
        var ofScene = SceneWords(node);
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
            ofScene.Aggregate(word, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal))).ToList();
        if (words.Find(word => word.Contains('{', StringComparison.Ordinal)) is { } unknown)
        {
            throw new SceneException(
                $"--other: no file of the scene is called {unknown}; there are {string.Join(' ', ofScene.Keys)}");
        }

        words[0] = Path.GetFullPath(Repository.Existing(words[0], "--other takes a path"));
        return new Command(words, node.In(request));
    }
}
