namespace FastProvider.Tests.EndToEnd;

/// <summary>Flags, environment variables and names under which the binary is installed.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string[]> BadCommandLines =>
    [
        ["--no-such-flag"],
        ["--timeout"],
        ["--timeout", "soon"],
        ["--timeout=-5s"],
        ["--timeout=0s"],
        ["--log-level=loud"],
        ["--untaken-lifetime", "never"],
        ["--untaken-lifetime=999ms"],
        ["--api-server", "not a url"],
        ["stray"],
    ];

    [Fact]
    public async Task A_value_may_follow_an_equals_sign()
    {
        await using var scene = await PullScene.StartAsync();
        var arguments = scene.Arguments().Chunk(2).Select(pair => $"{pair[0]}={pair[1]}").ToArray();

        (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task Every_flag_is_an_environment_variable_too()
    {
        await using var scene = await PullScene.StartAsync();
        var environment = scene.Arguments(
            "--api-server", scene.Server.Url, "--certificate-authority", scene.Server.WriteAuthority(scene.Node.Pki),
            "--log-level", "info")
            .Chunk(2).ToDictionary(pair => "FAST_PROVIDER_" + pair[0][2..].ToUpperInvariant().Replace('-', '_'), pair => pair[1]);
        environment.Remove("FAST_PROVIDER_KUBECONFIG");

        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), [], environment);

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_flag_goes_before_its_environment_variable()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(),
            new Dictionary<string, string>
            {
                ["FAST_PROVIDER_REGISTRIES_CONF"] = "/nonexistent", ["FAST_PROVIDER_KUBECONFIG"] = "/nonexistent"
            });

        run.Answers().ClaimsPrivate(PullScene.Image);
    }

    [Theory]
    [MemberData(nameof(BadCommandLines))]
    public async Task A_bad_command_line_is_exit_2_and_one_line(string[] bad)
    {
        await using var scene = await PullScene.StartAsync();

        var line = (await scene.PullAsync(bad)).Fails(exitCode: 2);

        Assert.Contains(bad[0].Split('=')[0], line, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_bad_environment_variable_is_exit_2_and_named()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments()[..^2] /* without --timeout */,
            new Dictionary<string, string> { ["FAST_PROVIDER_TIMEOUT"] = "soon" });

        Assert.Contains("FAST_PROVIDER_TIMEOUT", run.Fails(exitCode: 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_flag()
    {
        var run = await Plugin.RunAsync(["--help"], []);

        var help = System.Text.Encoding.UTF8.GetString(run.Stdout);
        Assert.Equal(0, run.ExitCode);
        foreach (var flag in new[]
        {
            "--registries-conf", "--registries-conf-dir", "--auth-dir", "--global-auth-file", "--kubeconfig", "--api-server",
            "--certificate-authority", "--timeout", "--lock-dir", "--slot-wait", "--private-images", "--private-images-except",
            "--log-level", "--help", "--version", "FAST_PROVIDER_",
        })
        {
            Assert.Contains(flag, help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Version_says_the_number()
    {
        var run = await Plugin.RunAsync(["--version"], []);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"\d+\.\d+\.\d+", System.Text.Encoding.UTF8.GetString(run.Stdout));
    }

    /// <summary>The Go provider's flags are those of Go's flag package, and its own test asks for both versions.</summary>
    [Theory]
    [InlineData("-version", "fast-provider ")]
    [InlineData("--version=true", "fast-provider ")]
    [InlineData("--version-json", "{\n  \"version\": \"")]
    [InlineData("-version-json", "{\n  \"version\": \"")]
    [InlineData("-version-json=1", "{\n  \"version\": \"")]
    [InlineData("-h", "fast-provider: ")]
    [InlineData("-help", "fast-provider: ")]
    public async Task It_answers_what_scripts_ask_the_provider_for_that_it_replaces(string argument, string start)
    {
        var run = await Plugin.RunAsync([argument], []);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.StartsWith(start, System.Text.Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_as_JSON_has_the_members_of_the_go_provider()
    {
        var run = await Plugin.RunAsync(["--version-json"], []);

        using var json = System.Text.Json.JsonDocument.Parse(run.Stdout);
        Assert.Equal(["version", "compiler", "platform"], json.RootElement.EnumerateObject().Select(m => m.Name));
        Assert.Matches(@"\A\d+\.\d+\.\d+\z", json.RootElement.GetProperty("version").GetString());
        Assert.Matches(@"\Alinux/(amd64|arm64)\z", json.RootElement.GetProperty("platform").GetString());
    }

    [Fact]
    public async Task One_dash_is_as_good_as_two_and_a_question_that_is_off_is_none()
    {
        await using var scene = await PullScene.StartAsync();
        string[] arguments =
            ["-version=false", .. scene.Arguments().Select(a => a.StartsWith("--", StringComparison.Ordinal) ? a[1..] : a)];

        (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    /// <summary>A kubelet's log keeps the cause on one line; a person's prompt begins a new one.</summary>
    [Theory]
    [InlineData("--frob")]
    [InlineData("explane")]
    [InlineData("--timeout=soon")]
    [InlineData("")]
    public async Task A_failure_ends_its_line_on_a_terminal_and_nowhere_else(string argument)
    {
        var piped = await Plugin.RunAsync(argument.Length > 0 ? [argument] : [], []);
        Assert.False(piped.Stderr.EndsWith('\n'), piped.Stderr);
        Assert.NotEmpty(piped.Stderr);

        // script(1) gives it a terminal for all three streams, which writes CR LF for a line feed.
        var run = await Plugin.RunAsync(
            ["-qec", $"{Plugin.Binary} {argument} < /dev/null", "/dev/null"], [], binary: "/usr/bin/script");

        Assert.Equal(piped.ExitCode, run.ExitCode);
        Assert.EndsWith("\r\n", System.Text.Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_under_the_name_of_the_provider_it_replaces()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Kubeconfig = scene.Server.WriteOpenShiftKubeconfig(scene.Node.Pki);
        var installed = Path.Combine(scene.Node.Root, "crio-credential-provider");
        File.Copy(Plugin.Binary, installed);

        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), binary: installed);

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.StartsWith("Wrote auth file to " + scene.AuthFilePath, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_and_CA_from_flags_need_no_kubeconfig()
    {
        await using var scene = await PullScene.StartAsync();
        string[] arguments =
        [
            .. scene.Arguments(
                "--api-server", scene.Server.Url, "--certificate-authority", scene.Server.WriteAuthority(scene.Node.Pki))
                .Chunk(2).Where(pair => pair[0] != "--kubeconfig").SelectMany(pair => pair),
        ];

        (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task A_kubeconfig_that_turns_verification_off_is_refused()
    {
        await using var scene = await PullScene.StartAsync();
        var text = await File.ReadAllTextAsync(scene.Kubeconfig);
        await File.WriteAllTextAsync(
            scene.Kubeconfig,
            text.Replace("    server:", "    insecure-skip-tls-verify: true\n    server:", StringComparison.Ordinal));

        Assert.Contains("insecure-skip-tls-verify", await scene.FailsAsync(), StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_missing_kubeconfig_is_named()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Kubeconfig = Path.Combine(scene.Node.Root, "no-such-kubeconfig");

        Assert.Contains(scene.Kubeconfig, await scene.FailsAsync(), StringComparison.Ordinal);
    }
}
