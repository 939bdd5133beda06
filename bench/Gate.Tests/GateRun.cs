using System.Diagnostics;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Tests;

/// <summary>One run of the gate as a process, as continuous integration runs it.</summary>
internal sealed record GateRun(int Status, string[] Lines)
{
    public static GateRun Of(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.BuiltAssembly("Gate", "FastProvider.Bench.Gate"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new GateRun(process.ExitCode, [.. (output + error.Result).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>The gate measured and let everything pass.</summary>
    public void Passes() => Assert.True(Status == 0 && Lines.Length > 0, string.Join('\n', Lines));

    /// <summary>The gate says no because of exactly these figures.</summary>
    public void FailsOver(params string[] figures)
    {
        Assert.Equal(1, Status);
        Assert.Equal(
            figures, Lines.Where(l => l.StartsWith("FAILED ", StringComparison.Ordinal)).Select(l => l.Split(' ', ':')[1]));
    }
}
