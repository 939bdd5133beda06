using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FastProvider.Mutants;

/// <summary>A copy of the repository's own files, in a temporary folder, where mutants are built and tested.</summary>
internal sealed partial class MutatedCheckout : IDisposable
{
    // Far beyond what any filter of a mutant takes: only a mutant that never ends meets it.
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5), LongestRunOfAll = TimeSpan.FromMinutes(30);

    // What was built here once has its packages: no mutant changes them, and to look for them again takes a third of a build.
    private readonly HashSet<string> _restored = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly bool _isKept;

    /// <param name="repository">Its working tree, with what is not committed yet.</param>
    /// <param name="keptIn">
    /// A folder for the copy, which stays. Sources that are there already stay as they are, as they may be mutated.
    /// </param>
    public MutatedCheckout(string repository, string? keptIn = null)
    {
        _isKept = keptIn is not null;
        _root = (keptIn is null
            ? Directory.CreateTempSubdirectory("fast-provider-mutants-")
            : Directory.CreateDirectory(keptIn)).FullName;
        Repository = repository;
        var isThere = File.Exists(PathOf("FastProvider.slnx"));
        // A clone has what was committed; tests look for nothing else of git.
        var list = Run(
            "git", ["-C", repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], Timeout.InfiniteTimeSpan);
        foreach (var file in list.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => File.Exists(Path.Join(repository, file))))
        {
            var target = PathOf(file);
            if (!isThere || !file.StartsWith("src/", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Path.Join(repository, file), target, overwrite: true);
            }
        }
    }

    /// <summary>What this is a copy of.</summary>
    public string Repository { get; }

    /// <summary>A file of the copy.</summary>
    public string PathOf(string file) => Path.Join(_root, file);

    /// <summary>
    /// Without a mutation nothing may fail, or a failure would say nothing about a mutant. All tests of a project run at once, as
    /// each run looks for all tests first.
    /// </summary>
    public Verdict TryUnchanged(IReadOnlyList<Mutant> mutants) => Judge(
        [
            .. mutants.SelectMany(mutant => mutant.Tests).GroupBy(test => test.Project, test => test.Filter).Select(
                project => (project.Key, string.Join('|', project.Distinct().Select(filter => $"({filter})")))),
        ],
        mutants.Any(mutant => mutant.NeedsBinary), LongestRunOfAll);

    /// <summary>Builds the mutant and runs the tests that are to notice it.</summary>
    public Verdict Try(Mutant mutant)
    {
        var path = PathOf(mutant.SourceFile);
        var source = File.ReadAllText(path);
        File.WriteAllText(path, mutant.In(source));
        try
        {
            return Judge(mutant.Tests, mutant.NeedsBinary, LongestRun);
        }
        finally
        {
            File.WriteAllText(path, source);
        }
    }

    public (int ExitCode, string Output) Build(string project) =>
        Make("build", project);

    /// <summary>Makes the binary.</summary>
    public (int ExitCode, string Output) Publish() =>
        Make("publish", "src/FastProvider", "-c", "Release", "-r", "linux-x64", "-o", "artifacts/publish");

    /// <summary>Runs tests of a project that is built.</summary>
    /// <param name="project">The project.</param>
    /// <param name="filter">As <c>dotnet test --filter</c> takes it.</param>
    public Verdict Test(string project, string filter) => Test(project, filter, LongestRun);

    private Verdict Test(string project, string filter, TimeSpan longest)
    {
        var (exitCode, output) = Run("dotnet", ["test", project, "--no-build", "--filter", filter], longest);
        if (!SomeRan().IsMatch(output))
        {
            // No summary: the run broke off, as a stack overflow makes it, it never ended, or no test has such a name.
            return output.Contains("No test matches", StringComparison.Ordinal)
                ? new Verdict(Outcome.DoesNotBuild, $"no test matches {filter}")
                : new Verdict(Outcome.Killed, "the run of the tests broke off");
        }

        var failed = FailedTest().Matches(output).Select(match => match.Groups[1].Value).ToList();
        // A summary alone says nothing: where the process ended in the midst, it counts the tests before that.
        return failed.Count > 0 ? new Verdict(Outcome.Killed, $"{failed.Count} failed, such as {failed[0]}")
            : exitCode != 0 ? new Verdict(Outcome.Killed, "the run of the tests broke off")
            : new Verdict(Outcome.Survived, "nothing failed");
    }

    public void Dispose()
    {
        if (!_isKept)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    public static string FirstError(string output) =>
        output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim() ?? "no reason given";

    // Not -warnaserror's business: what a mutant leaves unused is a warning.
    private static string[] Lenient => ["-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-v", "quiet"];

    private Verdict Judge(IReadOnlyList<(string Project, string Filter)> tests, bool needsBinary, TimeSpan longest)
    {
        foreach (var project in tests.Select(each => each.Project).Distinct())
        {
            if (Build(project) is { ExitCode: not 0 } build)
            {
                return new Verdict(Outcome.DoesNotBuild, FirstError(build.Output));
            }
        }

        if (needsBinary && Publish() is { ExitCode: not 0 } publish)
        {
            return new Verdict(Outcome.DoesNotBuild, FirstError(publish.Output));
        }

        return tests.Select(each => Test(each.Project, each.Filter, longest))
            .FirstOrDefault(verdict => verdict.Outcome is not Outcome.Survived)
            ?? new Verdict(Outcome.Survived, "nothing failed");
    }

    private (int ExitCode, string Output) Make(string command, string project, params IEnumerable<string> more)
    {
        var made = Run(
            "dotnet",
            [command, project, .. more, .. Lenient, .. Restoring(command, project)],
            Timeout.InfiniteTimeSpan);
        if (made.ExitCode is 0)
        {
            _restored.Add($"{command} {project}");
        }

        return made;
    }

    private string[] Restoring(string command, string project) =>
        _restored.Contains($"{command} {project}") ? ["--no-restore"] : [];

    private (int ExitCode, string Output) Run(string command, IEnumerable<string> arguments, TimeSpan longest)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true, // the names of failing tests, which are in the output, too
            WorkingDirectory = _root,
        };
        // The copy's binary, not one that was published before.
        start.Environment["FAST_PROVIDER_BINARY"] = PathOf("artifacts/publish/fast-provider");
        using var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var reading = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(longest))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return (process.ExitCode, reading.GetAwaiter().GetResult());
    }

    [GeneratedRegex(@"(?:Passed|Failed)!\s+- Failed:")]
    private static partial Regex SomeRan();

    [GeneratedRegex(@"^\s+Failed FastProvider\.(?:\w+\.)*(\w+\.\w+)", RegexOptions.Multiline)]
    private static partial Regex FailedTest();
}
