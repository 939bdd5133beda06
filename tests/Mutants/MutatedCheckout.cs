using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FastProvider.Mutants;

/// <summary>A copy of the repository's own files, in a temporary folder, where one mutant after the other is built and tested.</summary>
internal sealed partial class MutatedCheckout : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-mutants-").FullName;

    /// <param name="repository">Its working tree, with what is not committed yet.</param>
    public MutatedCheckout(string repository)
    {
        // A clone has what was committed; tests look for nothing else of git.
        var list = Run("git", ["-C", repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        foreach (var file in list.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var target = Path.Join(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Join(repository, file), target);
        }
    }

    /// <summary>Without a mutation nothing may fail, or a failure would say nothing about a mutant.</summary>
    public Verdict TryUnchanged(IReadOnlyList<Mutant> mutants) =>
        Judge([.. mutants.SelectMany(mutant => mutant.Tests).Distinct()], mutants.Any(mutant => mutant.NeedsBinary));

    /// <summary>Builds the mutant and runs the tests that are to notice it.</summary>
    public Verdict Try(Mutant mutant)
    {
        var path = Path.Join(_root, mutant.SourceFile);
        var source = File.ReadAllText(path);
        File.WriteAllText(path, mutant.In(source));
        try
        {
            return Judge(mutant.Tests, mutant.NeedsBinary);
        }
        finally
        {
            File.WriteAllText(path, source);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Verdict Judge(IReadOnlyList<(string Project, string Filter)> tests, bool needsBinary)
    {
        // Not -warnaserror's business: what a mutant leaves unused is a warning.
        string[] lenient = ["-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-v", "quiet"];
        foreach (var project in tests.Select(each => each.Project).Distinct())
        {
            if (Run("dotnet", ["build", project, .. lenient]) is { ExitCode: not 0 } build)
            {
                return new Verdict(Outcome.DoesNotBuild, FirstError(build.Output));
            }
        }

        if (needsBinary && Run("dotnet",
            ["publish", "src/FastProvider", "-c", "Release", "-r", "linux-x64", "-o", "artifacts/publish", .. lenient]) is { ExitCode: not 0 } publish)
        {
            return new Verdict(Outcome.DoesNotBuild, FirstError(publish.Output));
        }

        var failed = new List<string>();
        foreach (var (project, filter) in tests)
        {
            var run = Run("dotnet", ["test", project, "--no-build", "--filter", filter]);
            if (!SomeRan().IsMatch(run.Output))
            {
                // No summary: the run broke off, as a stack overflow makes it, or no test has such a name.
                return run.Output.Contains("No test matches", StringComparison.Ordinal)
                    ? new Verdict(Outcome.DoesNotBuild, $"no test matches {filter}")
                    : new Verdict(Outcome.Killed, "the run of the tests broke off");
            }

            failed.AddRange(FailedTest().Matches(run.Output).Select(match => match.Groups[1].Value));
        }

        return failed.Count > 0
            ? new Verdict(Outcome.Killed, $"{failed.Count} failed, such as {failed[0]}")
            : new Verdict(Outcome.Survived, "nothing failed");
    }

    private static string FirstError(string output) =>
        output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim() ?? "no reason given";

    private (int ExitCode, string Output) Run(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) 
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true, // the names of failing tests, which are in the output, too
            WorkingDirectory = _root,
        };
        // The copy's binary, not one that was published before.
        start.Environment["FAST_PROVIDER_BINARY"] = Path.Join(_root, "artifacts", "publish", "fast-provider");
        using var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"(?:Passed|Failed)!\s+- Failed:")]
    private static partial Regex SomeRan();

    [GeneratedRegex(@"^\s+Failed FastProvider\.(?:\w+\.)*(\w+\.\w+)", RegexOptions.Multiline)]
    private static partial Regex FailedTest();
}
