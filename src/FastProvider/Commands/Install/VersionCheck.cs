using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>
/// Runs a program once with <c>--version</c> before it takes a place: one for another machine, or for a newer C library than the
/// node has, never gets there, where every pull would fail with it.
/// </summary>
internal static class VersionCheck
{
    private const int MaxBytes = 64 * 1024, MaxShown = 200;

    /// <summary>The first statuses that a shell and a loader give to what they could not run.</summary>
    private const int NotRun = 126;

    private const string OurStart = "fast-provider ";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    /// <summary>A program of ours says who it is.</summary>
    /// <param name="path">Where it is.</param>
    /// <returns>What it says of itself.</returns>
    public static Result<string> Ours(string path) =>
        Run(path, out var said, out var status) is { } wrong ? Refused(wrong.What)
        : status != 0 ? Refused(Ended(status, said))
        : said.StartsWith(OurStart, StringComparison.Ordinal) ? said
        : Refused("does not say that it is fast-provider");

    /// <summary>Of another's program, which may not know --version, it is enough that it can be run at all.</summary>
    /// <returns>What it is.</returns>
    public static Result<string> Any(string path) =>
        Run(path, out var said, out var status) is { } wrong ? Refused(wrong.What)
        : status >= NotRun ? Refused(Ended(status, said))
        : status == 0 && said.StartsWith(OurStart, StringComparison.Ordinal) ? said
        : "another program";

    private static ChildFault? Run(string path, out string firstLine, out int status)
    {
        var line = new SafeText();
        var isWhole = false;
        var length = 0;
        var program = new ChildProcess(path, ["--version"], Budget) { WithErrors = true };
        var fault = program.Run(piece =>
        {
            // The line ends before anything is made safe: afterwards its end looks like any other control character.
            var end = piece.IndexOfAny((byte)'\n', (byte)'\r');
            _ = isWhole ? line : line.Append(end < 0 ? piece : piece[..end]);
            isWhole |= end >= 0;
            length += piece.Length;
            return length <= MaxBytes;
        }, out status);
        firstLine = Encoding.UTF8.GetString(line.Bytes[..Math.Min(line.Length, MaxShown)]);
        return fault;
    }

    private static string Ended(int status, string said) =>
        $"ended with status {status} and said {(said.Length == 0 ? "nothing" : said)}";

    private static Failure Refused(string why) =>
        new($"not installed, as it does not run on this node: with --version it {why}; what was there before is still there");
}
