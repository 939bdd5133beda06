using System.Collections.Concurrent;
using System.Diagnostics;

namespace FastProvider.Bench.Scene;

/// <summary>Runs tools to their end.</summary>
public static class Programs
{
    private static readonly ConcurrentDictionary<string, string> CompiledPaths = new();

    /// <summary>The standard output of a program that must succeed.</summary>
    /// <param name="words">Program and arguments.</param>
    /// <param name="standardInput">A file, or null for none.</param>
    public static string Output(IReadOnlyList<string> words, string? standardInput = null) => Run(words, standardInput).Output;

    /// <summary>As <see cref="Output"/>; what it said on standard error is given back, too.</summary>
    public static (string Output, string Error) Run(IReadOnlyList<string> words, string? standardInput = null)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // As little of this machine as can be: the length of the environment shows in counts of instructions.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        if (standardInput is not null)
        {
            WriteAll(process, File.ReadAllBytes(standardInput));
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output.TrimEnd(), error.Result)
            // Not its arguments: a token may be among them.
            : throw new SceneException($"{words[0]} ended with status {process.ExitCode}: {error.Result.Trim()}");
    }

    /// <summary>The program of a C source of this repository, optimised and static.</summary>
    /// <returns>Its path below <c>artifacts/bench</c>.</returns>
    public static string Compiled(string source) => CompiledPaths.GetOrAdd(source, static source =>
    {
        var target = Repository.Artifact($"bench/{Path.GetFileNameWithoutExtension(source)}");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        // Under another name first: a second process may be running the program that is replaced.
        var made = $"{target}.{Environment.ProcessId}";
        Output(["cc", "-O2", "-static", "-o", made, Path.Join(Repository.Root, source)]);
        File.Move(made, target, overwrite: true);
        return target;
    });

    private static void WriteAll(Process process, byte[] input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input);
        }
        catch (IOException)
        {
            // It ended without reading all; its exit status tells whether that was right.
        }
    }
}
