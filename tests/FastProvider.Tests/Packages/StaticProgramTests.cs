using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>
/// The program of <c>fast-provider-static</c> does what the other does, on a node that has no libssl, and is as strict: with the
/// node's openssl.cnf, without one, and with one that it cannot load.
/// </summary>
public sealed partial class StaticProgramTests(UnpackedArchives archives) : IClassFixture<UnpackedArchives>
{
    // Where Debian's OpenSSL looks.
    private const string ConfigurationPath = "/usr/lib/ssl/openssl.cnf";

    // As on a node whose FIPS provider is not where this OpenSSL looks.
    private const string SomeNotLoadable = """
        openssl_conf = start
        [start]
        providers = providers
        ssl_conf = tls
        [providers]
        no-such-provider = active
        default = active
        another-that-is-not-there = active
        [active]
        activate = 1

        """;

    private const string OnlyLongKeys = """
        [tls]
        system_default = policy
        [policy]
        CipherString = DEFAULT@SECLEVEL=5
        """;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Program => archives.PathOf(Architecture.X64, "fast-provider", Artefacts.Static);

    [Fact]
    public async Task A_mirrored_pull_gets_its_file_and_opens_no_libssl()
    {
        await using var scene = await PullScene.StartAsync();
        var trace = Path.Combine(scene.Node.Root, "trace");

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token),
            ["-f", "-e", "trace=open,openat", "-o", trace, Program, .. scene.Arguments()], binary: "/usr/bin/strace");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Serves(scene.AuthFilePath);
        var libraries = Library().Matches(await File.ReadAllTextAsync(trace)).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(["libc.so.6", "libm.so.6"], libraries.Order(StringComparer.Ordinal));
    }

    /// <summary>In QEMU: the other program finds no OpenSSL there.</summary>
    [Fact]
    public async Task That_for_AArch64_gets_a_mirrored_pull_its_file()
    {
        await using var scene = await PullScene.StartAsync();
        var program = archives.PathOf(Architecture.Arm64, "fast-provider", Artefacts.Static);

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), ["-L", Artefacts.ArmLibraries, program, .. scene.Arguments()],
            binary: "/usr/bin/qemu-aarch64");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Serves(scene.AuthFilePath);
    }

    [Fact]
    public async Task It_shows_the_nodes_certificate()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll()
            .SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", ["mirror-creds"]));

        (await PullAsync(scene, "--secrets", "pod")).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal(["system:node:node1", "system:node:node1"], scene.Server.Requests.All.Select(r => r.User));
        Serves(scene.AuthFilePath);
    }

    [Theory]
    [InlineData(ServerIdentity.OtherAuthority, "its certificate is not signed by the cluster's CA")]
    [InlineData(ServerIdentity.Expired, "its certificate has expired")]
    public async Task A_certificate_that_is_not_valid_ends_the_run_before_a_request(ServerIdentity identity, string cause)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = identity });

        await RefusesAsync(scene, cause);
    }

    [Fact]
    public async Task A_certificate_for_another_host_ends_the_run_before_a_request()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["kubernetes.default.svc"] });

        await RefusesAsync(scene, "its certificate is not for 127.0.0.1");
    }

    /// <summary>In a root that has neither libssl nor /usr/lib/ssl, as RHEL and Fedora have not.</summary>
    [Fact]
    public async Task A_node_without_libssl_and_openssl_cnf_is_enough()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await NodeAsync(scene);
        Assert.Empty(Directory.GetFiles(node.Root, "lib*ssl*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(node.Root + "/usr/lib/ssl"));

        (await PullAsync(node, scene)).Answers().ClaimsPrivate(PullScene.Image);
    }

    /// <summary>The policy is one that refuses the very certificate that is taken without it.</summary>
    [Fact]
    public async Task The_nodes_openssl_cnf_is_gone_by()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await NodeAsync(scene);
        await File.WriteAllTextAsync(
            node.PathOf(ConfigurationPath), "openssl_conf = start\n[start]\nssl_conf = tls\n" + OnlyLongKeys);

        (await PullAsync(node, scene)).Fails();
        Assert.Empty(scene.Server.Requests.All);

        await File.WriteAllTextAsync(node.PathOf(ConfigurationPath), "");
        (await PullAsync(node, scene)).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Theory]
    [InlineData("it is missing")]
    [InlineData("it names providers that are not there")]
    [InlineData("it is nonsense")]
    public async Task An_openssl_cnf_that_does_not_load_makes_nothing_laxer(string fault)
    {
        await using var scene = await PullScene.StartAsync();
        var environment = await ConfigureAsync(scene, fault switch
        {
            "it is missing" => null,
            "it is nonsense" => "[[nonsense\n= =\n",
            _ => SomeNotLoadable,
        });

        (await PullAsync(scene, Program, environment)).Answers().ClaimsPrivate(PullScene.Image);

        Serves(scene.AuthFilePath);
        await ServerCertificateTests.RefusesAsync("a key of 1024 bits", Program, environment);
        await ServerCertificateTests.RefusesAsync("a signature of SHA-1", Program, environment);
    }

    /// <summary>OpenSSL by itself stops at some of these, and the node's policy would be lost in silence.</summary>
    [Theory]
    [InlineData("a provider", SomeNotLoadable)]
    [InlineData("an engine", """
        openssl_conf = start
        [start]
        engines = engines
        ssl_conf = tls
        [engines]
        no-such-engine = engine
        [engine]
        dynamic_path = /nonexistent/engine.so
        init = 1

        """)]
    [InlineData("a setting that only RHEL's OpenSSL knows", """
        openssl_conf = start
        [start]
        alg_section = properties
        ssl_conf = tls
        [properties]
        rh-allow-sha1-signatures = no

        """)]
    [InlineData("a module", "openssl_conf = start\n[start]\nno-such-module = module\nssl_conf = tls\n[module]\na = b\n")]
    public async Task A_policy_is_gone_by_behind_what_cannot_be_loaded(string what, string configuration)
    {
        Assert.NotEmpty(what);
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "3s";
        (await PullAsync(scene, Program, await ConfigureAsync(scene, configuration))).Answers().ClaimsPrivate(PullScene.Image);
        var requests = scene.Server.Requests.All.Count;

        (await PullAsync(scene, Program, await ConfigureAsync(scene, configuration + OnlyLongKeys))).Fails();

        Assert.Equal(requests, scene.Server.Requests.All.Count);
    }

    [Theory]
    [InlineData(Artefacts.Default)]
    [InlineData(Artefacts.Static)]
    public async Task Providers_of_which_none_can_be_loaded_end_the_run_with_the_cause(string package)
    {
        await using var scene = await PullScene.StartAsync();
        var environment = await ConfigureAsync(
            scene, SomeNotLoadable.Replace("default = active\n", "", StringComparison.Ordinal));
        var program = archives.PathOf(Architecture.X64, "fast-provider", package);

        var line = (await PullAsync(scene, program, environment)).Fails();

        Assert.Contains("openssl.cnf", line, StringComparison.Ordinal);
        Assert.StartsWith("OpenSSL cannot start: it has no SHA-256; ", line, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Theory]
    [InlineData("man")]
    [InlineData("--help")]
    [InlineData("completion", "bash")]
    [InlineData("--no-such-flag")]
    public async Task Its_documents_and_answers_are_those_of_the_other_program(params string[] arguments)
    {
        var other = await Plugin.RunAsync(arguments, []);
        var run = await Plugin.RunAsync(arguments, [], binary: Program);

        Assert.Equal((other.ExitCode, other.Stderr), (run.ExitCode, run.Stderr));
        Assert.Equal(other.Stdout, run.Stdout);
    }

    /// <summary>A fleet's inventory reads the JSON: what is linked in has to be rebuilt for each advisory.</summary>
    [Fact]
    public async Task It_says_which_OpenSSL_it_carries()
    {
        var text = (await Plugin.RunAsync(["--version"], [], binary: Program)).Stdout;
        var json = await Plugin.RunAsync(["--version-json"], [], binary: Program);

        using var members = JsonDocument.Parse(json.Stdout);
        var openSsl = members.RootElement.GetProperty("openssl").GetString();
        Assert.StartsWith("OpenSSL 3.", openSsl, StringComparison.Ordinal);
        Assert.EndsWith($" with {openSsl}\n", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
        Assert.Equal(
            ["version", "compiler", "platform", "openssl"], members.RootElement.EnumerateObject().Select(member => member.Name));
    }

    private async Task<ChrootNode> NodeAsync(PullScene scene)
    {
        scene.Timeout = "3s";
        var node = await ChrootNode.CreateAsync(Program);
        Directory.CreateDirectory(node.Root + scene.Node.AuthDir, Private);
        Directory.CreateDirectory(node.Root + scene.Node.RegistriesConfDir);
        foreach (var file in Directory.GetFiles(scene.Node.Root, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, node.PathOf(file));
        }

        return node;
    }

    /// <summary>An environment that names a file of this content; null for one that is not there.</summary>
    private static async Task<Dictionary<string, string>> ConfigureAsync(PullScene scene, string? content)
    {
        var path = Path.Combine(scene.Node.Root, "openssl.cnf");
        if (content is not null)
        {
            await File.WriteAllTextAsync(path, content);
        }

        return new Dictionary<string, string> { ["OPENSSL_CONF"] = path };
    }

    private static Task<PluginRun> PullAsync(PullScene scene, string program, Dictionary<string, string> environment) =>
        scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), environment, program);

    private static Task<PluginRun> PullAsync(ChrootNode node, PullScene scene) =>
        node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments());

    private Task<PluginRun> PullAsync(PullScene scene, params string[] more) =>
        scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(more), binary: Program);

    private static void Serves(string authFile) =>
        EndToEnd.AuthFile.Read(authFile).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

    private async Task RefusesAsync(PullScene scene, string cause)
    {
        scene.Timeout = "2s";

        var line = (await PullAsync(scene)).Fails();

        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.True(scene.Server.Requests.TcpConnections > 0);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [GeneratedRegex(@"""[^""]*/(lib[^""/]*\.so[^""/]*)""")]
    private static partial Regex Library();
}
