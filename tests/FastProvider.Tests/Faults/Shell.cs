using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>Runs under conditions that a shell sets up: limits, mounts, descriptors, neighbours in a pipe.</summary>
internal static class Shell
{
    /// <summary>
    /// One run for the scene's image by a script, in which <c>"$@"</c> is the plugin with its arguments. The variables AUTH and NODE
    /// name the auth directory and the sandbox.
    /// </summary>
    public static Task<PluginRun> ScriptAsync(this PullScene scene, string script, params string[] more) =>
        scene.ScriptAsync(script, "/bin/sh", [], more);

    /// <summary>The same in a mount namespace of its own: what the script mounts is gone with it.</summary>
    public static Task<PluginRun> ScriptWithMountsAsync(this PullScene scene, string script, params string[] more) =>
        scene.ScriptAsync(script, "/usr/bin/unshare", ["--mount", "/bin/sh"], more);

    /// <summary>What the script left in a file of the sandbox.</summary>
    public static string Left(this PullScene scene, string file) => File.ReadAllText(Path.Combine(scene.Node.Root, file)).Trim();

    private static Task<PluginRun> ScriptAsync(this PullScene scene, string script, string program, string[] before, string[] more) => scene.PullAsync(
        new KubeletRequest(PullScene.Image, scene.Token), [.. before, "-c", script, "sh", Plugin.Binary, .. scene.Arguments(more)],
        new Dictionary<string, string> { ["AUTH"] = scene.Node.AuthDir, ["NODE"] = scene.Node.Root }, program);
}
