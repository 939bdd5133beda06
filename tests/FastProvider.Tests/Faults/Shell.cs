using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>Runs under conditions that a shell sets up: limits, mounts, descriptors, neighbours in a pipe.</summary>
internal static class Shell
{
    /// <summary>What a run may take at most.</summary>
    private const int MaxPeakKib = 64 * 1024;

    /// <summary>
    /// Its own memory counts into the child's peak until the child executes, so it is no .NET process that measures.
    /// </summary>
    private const string RunAndMeasure =
        "system @ARGV; $usage = \"\\0\" x 144; syscall(98, -1, $usage); open($file, '>', \"$ENV{NODE}/peak\");"
        + " print $file unpack('q', substr($usage, 32, 8)); close $file; exit($? & 127 ? 128 + ($? & 127) : $? >> 8)";

    /// <summary>One run whose memory must stay within what docs/security.md promises.</summary>
    public static async Task<PluginRun> MeasuredAsync(this PullScene scene, KubeletRequest request, string[] arguments)
    {
        var run = await scene.PullAsync(request, ["-e", RunAndMeasure, Plugin.Binary, .. arguments],
            new Dictionary<string, string> { ["NODE"] = scene.Node.Root }, "/usr/bin/perl");
        Assert.InRange(int.Parse(scene.Left("peak"), CultureInfo.InvariantCulture), 1024, MaxPeakKib);
        return run;
    }

    /// <summary>
    /// One run for the scene's image by a script, in which <c>"$@"</c> is the plugin with its arguments. The variables AUTH and
    /// NODE name the auth directory and the sandbox.
    /// </summary>
    public static Task<PluginRun> ScriptAsync(this PullScene scene, string script, params string[] more) =>
        scene.ScriptAsync(script, "/bin/sh", [], more);

    /// <summary>The same in a mount namespace of its own: what the script mounts is gone with it.</summary>
    public static Task<PluginRun> ScriptWithMountsAsync(this PullScene scene, string script, params string[] more) =>
        scene.ScriptAsync(script, "/usr/bin/unshare", ["--mount", "/bin/sh"], more);

    /// <summary>What the script left in a file of the sandbox.</summary>
    public static string Left(this PullScene scene, string file) => File.ReadAllText(Path.Combine(scene.Node.Root, file)).Trim();

    private static Task<PluginRun> ScriptAsync(
        this PullScene scene, string script, string program, string[] before, string[] more) => scene.PullAsync(
        new KubeletRequest(PullScene.Image, scene.Token),
        [.. before, "-c", script, "sh", Plugin.Binary, .. scene.Arguments(more)],
        new Dictionary<string, string> { ["AUTH"] = scene.Node.AuthDir, ["NODE"] = scene.Node.Root }, program);
}
