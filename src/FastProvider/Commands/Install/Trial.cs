using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>
/// Runs a program once before it takes a place: one for another machine, or for a newer C library than the node has, never gets there,
/// where every pull would fail with it.
/// </summary>
internal static class Trial
{
    private const int MaxBytes = 64 * 1024, MaxShown = 200;

    /// <summary>The first statuses that a shell and a loader give to what they could not run.</summary>
    private const int NotRun = 126;

    private const string OurStart = "fast-provider ";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    /// <summary>A program of ours says who it is.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="version">What it says of itself.</param>
    public static Failure? Ours(string path, out string version) =>
        Run(path, out version, out var status) is { } wrong ? Refused(wrong)
        : status != 0 ? Refused(Ended(status, version))
        : version.StartsWith(OurStart, StringComparison.Ordinal) ? null
        : Refused("does not say that it is fast-provider");

    /// <summary>Of another's program, which may not know --version, it is enough that it can be run at all.</summary>
    public static Failure? Any(string path, out string what)
    {
        if (Run(path, out what, out var status) is { } wrong)
        {
            return Refused(wrong);
        }

        if (status >= NotRun)
        {
            return Refused(Ended(status, what));
        }

        what = status == 0 && what.StartsWith(OurStart, StringComparison.Ordinal) ? what : "another program";
        return null;
    }

    private static string? Run(string path, out string firstLine, out int status)
    {
        var said = new SafeText();
        var failure = ChildProcess.Run(path, ["--version"], Budget, withErrors: true, piece =>
        {
            said.Append(piece);
            return said.Length <= MaxBytes;
        }, out status);
        var end = said.Bytes.IndexOf((byte)'?');
        firstLine = Encoding.UTF8.GetString(said.Bytes[..Math.Min(end < 0 ? said.Length : end, MaxShown)]);
        return failure;
    }

    private static string Ended(int status, string said) => $"ended with status {status} and said {(said.Length == 0 ? "nothing" : said)}";

    private static Failure Refused(string why) =>
        new($"not installed, as it does not run on this node: with --version it {why}; what was there before is still there");
}
