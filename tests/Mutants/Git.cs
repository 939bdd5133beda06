using System.Diagnostics;

namespace FastProvider.Mutants;

/// <summary>What git knows of a checkout.</summary>
internal static class Git
{
    /// <summary>The commit that is checked out, or an empty text where there is none.</summary>
    public static string Head(string repository)
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", ["-C", repository, "rev-parse", "HEAD"]) { RedirectStandardOutput = true })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? commit : "";
    }
}
