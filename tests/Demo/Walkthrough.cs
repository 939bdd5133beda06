using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FastProvider.Demo;

/// <summary>Runs the plugin three times, as a kubelet does, and shows what each side sees.</summary>
internal static class Walkthrough
{
    public static async Task<int> RunAsync(Sandbox sandbox, string binary)
    {
        Show("The node's registries.conf", await File.ReadAllTextAsync(sandbox.RegistriesConf));

        Console.WriteLine($"== 1. An image without a mirror: {Sandbox.UnmirroredImage}\n");
        if (!await RunOnceAsync(sandbox, binary, sandbox.UnmirroredRequest, "--log-level", "debug"))
        {
            return 1;
        }

        Console.WriteLine($"== 2. An image with mirrors: {Sandbox.MirroredImage}, for a pod of namespace {Sandbox.Namespace}\n");
        if (!await RunOnceAsync(sandbox, binary, sandbox.MirroredRequest))
        {
            return 1;
        }

        if (!await ShowAuthFileAsync(sandbox))
        {
            return 1;
        }

        Console.WriteLine($"== 3. Mirrors that only the platform can open: {Sandbox.PlatformImage}, with");
        Console.WriteLine($"      {string.Join(' ', sandbox.PlatformArguments)}\n");
        Show("The other credential provider of the kubelet", await File.ReadAllTextAsync(sandbox.ProviderConfig));
        return await RunOnceAsync(sandbox, binary, sandbox.PlatformRequest, sandbox.PlatformArguments)
            && await ShowAuthFileAsync(sandbox) ? 0 : 1;
    }

    /// <summary>Shows the one that lies there, and takes it away, as a pull does.</summary>
    private static async Task<bool> ShowAuthFileAsync(Sandbox sandbox)
    {
        if (Directory.GetFiles(sandbox.AuthDir, "*.json") is not [var authFile])
        {
            await Console.Error.WriteLineAsync("There should be one auth file.");
            return false;
        }

        var mode = Convert.ToString((int)File.GetUnixFileMode(authFile), 8);
        Show(
            $"The auth file for CRI-O (mode 0{mode}, credentials masked): {authFile}",
            Masked(await File.ReadAllTextAsync(authFile)));
        File.Delete(authFile);
        return true;
    }

    private static async Task<bool> RunOnceAsync(Sandbox sandbox, string binary, string request, params string[] more)
    {
        var start = new ProcessStartInfo(binary, [.. sandbox.Arguments, .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(request));
        process.StandardInput.Close();
        var answer = process.StandardOutput.ReadToEndAsync();
        var line = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Show("The answer to the kubelet", await answer);
        Show("The pull's line in the journal", await line);
        if (process.ExitCode != 0)
        {
            await Console.Error.WriteLineAsync($"{binary} ended with {process.ExitCode}.");
        }

        return process.ExitCode == 0;
    }

    private static void Show(string title, string text) =>
        Console.WriteLine($"-- {title}\n{text.TrimEnd()}\n");

    private static string Masked(string authFile)
    {
        var document = JsonNode.Parse(authFile)!;
        foreach (var (_, entry) in document["auths"]!.AsObject())
        {
            entry!["auth"] = "*** (base64 of user:password)";
        }

        return document.ToJsonString(new System.Text.Json.JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
