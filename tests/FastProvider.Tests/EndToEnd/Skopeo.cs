using System.Diagnostics;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Runs skopeo, whose library is the one that CRI-O pulls with, with no configuration but the one given.</summary>
internal static class Skopeo
{
    /// <summary>Runs one command to its end.</summary>
    /// <param name="home">An empty place for HOME, so that no credentials of this machine are found.</param>
    /// <param name="registriesConf">The registries.conf to read, drop-ins off; null for none.</param>
    /// <param name="arguments">The subcommand and its arguments.</param>
    public static async Task<(int ExitCode, string Stderr)> RunAsync(
        string home, string? registriesConf, params string[] arguments)
    {
        // The flag for the library of skopeo 1.9, which knows no variable; the variable turns drop-ins off in newer ones.
        registriesConf ??= "/dev/null";
        var start = new ProcessStartInfo(
            "skopeo", ["--insecure-policy", "--command-timeout", "30s", "--registries-conf", registriesConf, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["HOME"] = home;
        start.Environment["XDG_RUNTIME_DIR"] = home;
        start.Environment["CONTAINERS_REGISTRIES_CONF"] = registriesConf;
        using var process = Process.Start(start)!;
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await stdout;
        return (process.ExitCode, await stderr);
    }
}
