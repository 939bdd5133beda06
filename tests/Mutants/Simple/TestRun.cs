using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FastProvider.Mutants.Simple;

/// <summary>Starts a <see cref="TestHost"/> in a build that holds mutants, and waits for its verdict.</summary>
internal static partial class TestRun
{
    /// <summary>Several times what the longest stage takes: only a mutant that never ends meets it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <param name="checkout">The build.</param>
    /// <param name="binary">What the tests are to start.</param>
    /// <param name="mutant">The active one; 0 for none.</param>
    /// <param name="names">Parts of the full names of the tests.</param>
    /// <returns>
    /// Killed where one failed, which <see cref="Verdict.Why"/> names, or the host broke off or never ended.
    /// </returns>
    public static Verdict Of(MutatedCheckout checkout, string binary, int mutant, IEnumerable<string> names)
    {
        var folder = checkout.PathOf("artifacts/bin/FastProvider.Tests/debug");
        var temporary = Directory.CreateTempSubdirectory("m-");
        var start = new ProcessStartInfo("dotnet",
        [
            "exec", "--runtimeconfig", $"{folder}/FastProvider.Tests.runtimeconfig.json",
            "--depsfile", $"{folder}/FastProvider.Tests.deps.json",
            $"{folder}/FastProvider.Mutants.dll", TestHost.Verb, mutant.ToString(CultureInfo.InvariantCulture), .. names,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["FAST_PROVIDER_BINARY"] = binary;
        start.Environment["TMPDIR"] = temporary.FullName;
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        process.BeginErrorReadLine();
        var verdict = new TaskCompletionSource<string?>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.StartsWith(TestHost.VerdictMark, StringComparison.Ordinal))
            {
                verdict.TrySetResult(line.Data?[TestHost.VerdictMark.Length..]);
            }
        };
        process.BeginOutputReadLine();
        var isTold = verdict.Task.Wait(Longest);
        process.Kill();
        _ = Kill(-process.Id, 9);
        process.WaitForExit();
        Discard(temporary);
        return !isTold ? new Verdict(Outcome.Killed, "never ended")
            : verdict.Task.Result?.Split(' ', 2) is not { } said ? new Verdict(Outcome.Killed, "the run of the tests broke off")
            : said[0] is "failed" ? new Verdict(Outcome.Killed, said.ElementAtOrDefault(1) ?? "the run of the tests broke off")
            : said[0] is "passed" ? new Verdict(Outcome.Survived, $"{said[1]} tests passed")
            : new Verdict(Outcome.DoesNotBuild, $"no test matches {string.Join(", ", names)}");
    }

    private static void Discard(DirectoryInfo temporary)
    {
        try
        {
            temporary.Delete(recursive: true);
        }
        catch (IOException)
        {
            // What was killed just now may still have written there: the folder stays.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
