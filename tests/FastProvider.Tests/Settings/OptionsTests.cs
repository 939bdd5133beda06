using FastProvider.Settings;

namespace FastProvider.Tests.Settings;

public sealed class OptionsTests
{
    private static readonly string[] Names =
        [
            "registries-conf", "registries-conf-dir", "auth-dir", "global-auth-file", "kubeconfig", "api-server",
            "certificate-authority"];

    public static TheoryData<string> Texts => [.. Names];

    [Fact]
    public void Nothing_given_is_the_default()
    {
        var options = Reads([]);
        Assert.Equal((null, null, null), (options.AuthDir, options.RegistriesConf, options.Kubeconfig));
        Assert.Equal(
            (TimeSpan.FromSeconds(20), false, LogLevel.Info, Inquiry.None),
            (options.Timeout, options.PodmanSecrets, options.LogLevel, options.Inquiry));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_path_is_taken_from_the_flag_else_from_its_variable(string name)
    {
        var variable = "FAST_PROVIDER_" + name.ToUpperInvariant().Replace('-', '_');
        Assert.Equal("/a b=c", Value(Reads(["--" + name, "/a b=c"]), name));
        Assert.Equal("/a=b", Value(Reads([$"--{name}=/a=b"]), name));
        Assert.Equal("/v", Value(Reads([], (variable, "/v")), name));
        Assert.Equal("/f", Value(Reads(["--" + name, "/f"], (variable, "/v")), name));
        Assert.Equal("/last", Value(Reads(["--" + name, "/f", $"--{name}=/last"]), name));
        Assert.Null(Value(Reads([], (variable, "")), name));
        Assert.Contains($"--{name}: a value", Refuses(["--" + name]), StringComparison.Ordinal);
        Assert.Contains($"--{name}: a value", Refuses([$"--{name}="]), StringComparison.Ordinal);
        Assert.All(Names.Where(other => other != name), other => Assert.Null(Value(Reads(["--" + name, "/a"]), other)));
    }

    [Fact]
    public void Timeout_and_level_and_switch_are_read()
    {
        var options = Reads(
            ["--timeout", "1.5s", "--log-level=debug", "--podman-secrets"], ("FAST_PROVIDER_TIMEOUT", "9s"),
            ("FAST_PROVIDER_LOG_LEVEL", "error"));
        Assert.Equal(
            (TimeSpan.FromSeconds(1.5), true, LogLevel.Debug), (options.Timeout, options.PodmanSecrets, options.LogLevel));

        options = Reads(
            ["--podman-secrets=false"], ("FAST_PROVIDER_TIMEOUT", "50s"), ("FAST_PROVIDER_LOG_LEVEL", "warning"),
            ("FAST_PROVIDER_PODMAN_SECRETS", "true"));
        Assert.Equal(
            (TimeSpan.FromSeconds(50), false, LogLevel.Warning), (options.Timeout, options.PodmanSecrets, options.LogLevel));
    }

    [Theory]
    [InlineData("--timeout=99ms", "--timeout")]
    [InlineData("--timeout=51s", "--timeout")]
    [InlineData("--timeout=x", "--timeout")]
    [InlineData("--timeout", "--timeout")]
    [InlineData("--log-level=INFO", "--log-level")]
    [InlineData("--podman-secrets=yes", "--podman-secrets")]
    [InlineData("--podman-secrets=", "true or false")]
    [InlineData("--no-such-flag", "--no-such-flag")]
    [InlineData("--no-such-flag=hidden\nvalue", "--no-such-flag")]
    [InlineData("-frob=5s", "-frob")]
    [InlineData("--", "--")]
    [InlineData("", "argument")]
    [InlineData("get-credentials", "get-credentials")]
    [InlineData("--\u001b[31m", "unknown")]
    [InlineData("--timeout=5s\n\u001b[31m", "--timeout")]
    public void A_wrong_argument_is_one_line_and_exit_code_2(string argument, string named) =>
        Assert.Contains(named, Refuses([argument]), StringComparison.Ordinal);

    [Theory]
    [InlineData("FAST_PROVIDER_TIMEOUT", "1h")]
    [InlineData("FAST_PROVIDER_LOG_LEVEL", "loud")]
    [InlineData("FAST_PROVIDER_PODMAN_SECRETS", "1")]
    public void A_wrong_variable_is_one_line_and_exit_code_2(string variable, string value) =>
        Assert.Contains($"environment variable {variable}", Refuses([], (variable, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1s", 1)]
    [InlineData("24h", 86_400)]
    public void The_lifetime_of_untaken_files_is_none_or_long_enough_for_a_pull_to_come(string value, int seconds)
    {
        Assert.Equal(TimeSpan.FromMinutes(5), Reads([]).UntakenLifetime);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Reads(["--untaken-lifetime", value]).UntakenLifetime);
        Assert.Contains("--untaken-lifetime", Refuses(["--untaken-lifetime", "0.5s"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "--timeout", "100ms")]
    [InlineData(false, "--timeout", "99.9ms")]
    [InlineData(true, "--timeout", "50s")]
    [InlineData(false, "--timeout", "50.001s")]
    [InlineData(true, "--slot-wait", "34.999s")] // the timeout is 20 s
    [InlineData(false, "--slot-wait", "35s")]
    [InlineData(true, "--untaken-lifetime", "24h")]
    [InlineData(false, "--untaken-lifetime", "24h0m1s")]
    [InlineData(true, "--untaken-lifetime", "1s")]
    [InlineData(false, "--untaken-lifetime", "999ms")]
    public void Durations_have_bounds(bool isTaken, string flag, string value)
    {
        if (isTaken)
        {
            Reads([flag, value]);
        }
        else
        {
            Assert.Contains(flag, Refuses([flag, value]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_not_said_of_times_is_as_the_help_says()
    {
        var options = Reads([]);

        Assert.Equal(
            (20, 30, 300), (options.Timeout.TotalSeconds, options.SlotWait.TotalSeconds, options.UntakenLifetime.TotalSeconds));
    }

    [Theory]
    [InlineData("20s", "30s", 35)]
    [InlineData("50s", "4.9s", 5)]
    public void The_request_and_the_API_server_together_end_before_the_kubelet_kills(
        string timeout, string slotWait, int requestSeconds) =>
        Assert.Equal(requestSeconds, Reads(["--timeout", timeout, "--slot-wait", slotWait]).RequestWait.TotalSeconds);

    [Theory]
    [InlineData("--help", 1)]
    [InlineData("-h", 1)]
    [InlineData("--version", 2)]
    public void Help_and_version_come_whatever_else_is_wrong_behind_them_or_in_the_environment(string argument, int inquiry)
    {
        Assert.Equal((Inquiry)inquiry, Reads([argument, "--no-such-flag"], ("FAST_PROVIDER_TIMEOUT", "x")).Inquiry);
        Assert.Equal((Inquiry)inquiry, Reads(["--auth-dir", "/a", argument]).Inquiry);
    }

    private static string? Value(Options options, string name) => name switch
    {
        "registries-conf" => options.RegistriesConf,
        "registries-conf-dir" => options.RegistriesConfDir,
        "auth-dir" => options.AuthDir,
        "global-auth-file" => options.GlobalAuthFile,
        "kubeconfig" => options.Kubeconfig,
        "api-server" => options.ApiServer,
        "certificate-authority" => options.CertificateAuthority,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Options Reads(string[] arguments, params (string Name, string Value)[] variables)
    {
        var read = Options.Read(arguments, name => Array.Find(variables, v => v.Name == name).Value);
        Assert.Null(read.Failure?.Message);
        return read.Value!;
    }

    private static string Refuses(string[] arguments, params (string Name, string Value)[] variables)
    {
        var failure = Options.Read(arguments, name => Array.Find(variables, v => v.Name == name).Value).Failure;
        Assert.NotNull(failure);
        Assert.Equal(2, failure.ExitCode);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
        return failure.Message;
    }
}
