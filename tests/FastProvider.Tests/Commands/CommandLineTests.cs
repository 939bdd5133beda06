using System.Diagnostics;
using System.Text;
using FastProvider.Commands;
using FastProvider.Commands.Man;
using FastProvider.Settings;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands;

/// <summary>What all commands have in common, through the binary: names, help, wrong usage, man page, completion.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Names => [.. Command.All.Select(c => c.Name)];

    [Fact]
    public async Task The_help_lists_every_command()
    {
        var help = await PrintsAsync("--help");

        Assert.NotEmpty(Command.All);
        Assert.All(
            Command.All,
            command => Assert.Contains($"\n  {command.Name.PadRight(11)} {command.Summary}\n", help, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_command_says_what_it_takes(string name)
    {
        var command = Assert.Single(Command.All, c => c.Name == name);

        var help = await PrintsAsync(name, "--help");

        Assert.StartsWith(
            $"fast-provider {name}: {command.Summary}\n\nUsage: fast-provider {name}", help, StringComparison.Ordinal);
        Assert.Contains(command.Description, help, StringComparison.Ordinal);
        Assert.Contains(command.ExitStatus, help, StringComparison.Ordinal);
        Assert.All(
            command.Flags,
            flag => Assert.Contains(
                $"\n  --{flag.Name}{(flag.Shape.IsSwitch ? "" : " " + flag.Shape.Label)}\n        {flag.Description}\n", help,
                StringComparison.Ordinal));
        Assert.All(command.Flags, flag => Assert.Null(flag.Variable));
        // A switch may have the name of a setting that takes a value: what follows tells them apart.
        var settings = command.TakesPullFlags ? Options.Flags.Where(f => !f.Shape.IsSwitch).Select(f => f.Name).ToList() : [];
        Assert.Empty(command.Flags.Where(f => !f.Shape.IsSwitch).Select(f => f.Name).Intersect(settings));
        Assert.All(command.Description.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_flag_that_a_command_does_not_have_is_wrong_usage(string name)
    {
        var run = await Plugin.RunAsync([name, "--no-such-flag"], []);

        Assert.Equal((2, 0), (run.ExitCode, run.Stdout.Length));
        Assert.Equal($"unknown argument \"--no-such-flag\"; fast-provider {name} --help lists what there is\n", run.Stderr);
    }

    [Theory]
    [InlineData("\"tcsh\" is none of bash, zsh, fish", "completion", "tcsh")]
    [InlineData("completion takes one argument: bash|zsh|fish", "completion")]
    [InlineData("unexpected argument \"more\"", "man", "more")]
    [InlineData("--output: \"yaml\" is none of text, json", "explain", "busybox", "--namespace", "a", "--output", "yaml")]
    [InlineData("--output: a value (text|json) is missing", "explain", "busybox", "--output")]
    [InlineData("--timeout: \"soon\" is no duration", "explain", "busybox", "--timeout", "soon")]
    public async Task Wrong_usage_is_named(string what, params string[] arguments)
    {
        var run = await Plugin.RunAsync(arguments, []);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(what, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_man_page_has_no_warning_of_groff_and_says_what_the_help_says()
    {
        var page = await PrintsAsync("man");

        Assert.Equal(ManCommand.Text(), page);
        var (rendered, warnings) = await ShellAsync("groff -man -Tutf8 -ww -rLL=200n -P-cbou -", page);
        Assert.Equal("", warnings);
        Assert.All(
            Options.Flags.Concat(Command.All.SelectMany(c => c.Flags)),
            flag => Assert.Contains($"--{flag.Name}", rendered, StringComparison.Ordinal));
        Assert.All(Command.All, command => Assert.Contains($"   {command.Name}\n", rendered, StringComparison.Ordinal));
    }

    /// <summary>A shell of its own sources what the binary prints and is asked to complete, as at a prompt.</summary>
    [Theory]
    [InlineData("fast-provider ex", "explain")]
    [InlineData("fast-provider completion ", "--help bash fish zsh")]
    [InlineData("fast-provider completion z", "zsh")]
    [InlineData("fast-provider explain busybox --out", "--output")]
    [InlineData("fast-provider explain busybox --output ", "json text")]
    [InlineData("fast-provider explain busybox --output=j", "json")]
    [InlineData("fast-provider explain busybox --untaken", "--untaken-lifetime")]
    [InlineData("fast-provider --secrets a", "annotation auto")]
    [InlineData("fast-provider --log-l", "--log-level")]
    [InlineData("fast-provider --kubeconfig /etc/host", "/etc/host.conf /etc/hostname /etc/hosts")]
    public async Task Bash_completes(string line, string expected)
    {
        var script = await PrintsAsync("completion", "bash");
        var (words, errors) = await ShellAsync("bash --norc", $$"""
            {{script}}
            line='{{line}}'
            # As readline breaks words, = among the breaks.
            COMP_WORDS=(${line/=/ = }); [[ $line == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
            _fast_provider fast-provider 2>/dev/null
            for word in "${COMPREPLY[@]}"; do echo "$word"; done | LC_ALL=C sort | tr '\n' ' '
            """);

        Assert.Equal("", errors);
        var found = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected.Split(' ').Where(e => !e.StartsWith('/') || File.Exists(e)), e => Assert.Contains(e, found));
        Assert.True(found.Length == expected.Split(' ').Length || expected.StartsWith('/'), words);
    }

    [Theory]
    [InlineData("zsh", "zsh -n")]
    [InlineData("fish", "fish --no-execute")]
    public async Task The_other_shells_parse_their_scripts(string shell, string check)
    {
        var script = await PrintsAsync("completion", shell);

        var (_, errors) = await ShellAsync($"f=$(mktemp) && cat > $f && {check} $f; rm $f", script);

        Assert.Equal("", errors);
        Assert.All(Command.All, command => Assert.Contains(command.Name, script, StringComparison.Ordinal));
        Assert.All(Options.Flags.Concat(Command.All.SelectMany(c => c.Flags)), flag =>
            Assert.Contains(shell == "fish" ? $"-l {flag.Name}" : $"--{flag.Name}", script, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fish_completes()
    {
        var script = await PrintsAsync("completion", "fish");

        var (words, errors) = await ShellAsync(
            "fish --no-config",
            $"{script}\ncomplete -C 'fast-provider completion '\ncomplete -C 'fast-provider explain --outp'\n"
                + "complete -C 'fast-provider --secrets a'\n");

        Assert.Equal("", errors);
        Assert.Contains("zsh\n", words, StringComparison.Ordinal);
        Assert.Contains("--output\t", words, StringComparison.Ordinal);
        Assert.Contains("annotation", words, StringComparison.Ordinal);
    }

    private static async Task<string> PrintsAsync(params string[] arguments)
    {
        var run = await Plugin.RunAsync(arguments, []);
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        return Encoding.UTF8.GetString(run.Stdout);
    }

    private static async Task<(string Output, string Errors)> ShellAsync(string command, string input)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        start.Environment["HOME"] = Path.GetTempPath();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (await output, await errors);
    }
}
