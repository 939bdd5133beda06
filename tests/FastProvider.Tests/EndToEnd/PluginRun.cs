using System.Text;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What a kubelet sees of a run.</summary>
internal sealed record PluginRun(int ExitCode, byte[] Stdout, string Stderr)
{
    /// <summary>Exit 0 and an answer that the kubelet's decoder takes.</summary>
    public StrictResponse Answers()
    {
        Assert.True(ExitCode == 0, $"Expected exit 0, got {ExitCode}: {Stderr}");
        return StrictResponse.Decode(Stdout);
    }

    /// <summary>The exit code given, nothing on stdout, and one line without a newline, which is returned.</summary>
    public string Fails(int exitCode = 1)
    {
        Assert.True(ExitCode == exitCode, $"Expected exit {exitCode}, got {ExitCode}: {Stderr}");
        Assert.Empty(Stdout);
        Assert.NotEmpty(Stderr);
        Assert.DoesNotContain('\n', Stderr);
        return Stderr;
    }

    /// <summary>Fails if stdout or stderr holds any of the strings; the message does not repeat it.</summary>
    public void RevealsNoneOf(IEnumerable<string> secrets)
    {
        var said = Encoding.UTF8.GetString(Stdout) + "\n" + Stderr;
        Assert.False(secrets.Any(s => said.Contains(s, StringComparison.Ordinal)), "The output reveals a token or credential.");
    }
}
