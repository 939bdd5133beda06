using System.Diagnostics;
using System.Globalization;

namespace FastProvider.Tests.Confinement;

/// <summary>
/// What somebody does who can make the program do anything, once it has to do with the network (<c>fault.c</c> beside this file).
/// It is the released binary that it is done to.
/// </summary>
internal static class PlantedFault
{
    private static readonly Lazy<string> Library = new(Compile);

    /// <summary>The environment in which the program makes a system call of our choice.</summary>
    /// <param name="call">Its number.</param>
    /// <param name="firstArgument">All others are -1, and so is this one if none is given.</param>
    public static Dictionary<string, string> Call(int call, long? firstArgument = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library.Value, ["FAULT_CALL"] = call.ToString(CultureInfo.InvariantCulture),
        };
        if (firstArgument is { } first)
        {
            environment["FAULT_ARGUMENT"] = first.ToString(CultureInfo.InvariantCulture);
        }

        return environment;
    }

    /// <summary>The environment in which it writes down what the kernel says of its threads.</summary>
    public static Dictionary<string, string> WriteThreads(string path) =>
        new() { ["LD_PRELOAD"] = Library.Value, ["FAULT_THREADS"] = path };

    private static string Compile()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Confinement");
        var library = Path.Combine(folder, $"fault-{Environment.ProcessId}.so");
        using var compiler = Process.Start(
            "cc", ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, Path.Combine(folder, "fault.c")]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(library);
        return library;
    }
}
