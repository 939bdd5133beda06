using System.Diagnostics;
using System.Text.RegularExpressions;
using FastProvider.Tests.Clock;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A node's root file system with nothing in it but the plugin and the libraries it loads, so that a run with no flags finds the
/// usual places as a test wants them and none of this machine's. Needs root, as chroot(2) does.
/// </summary>
internal sealed partial class ChrootNode : IDisposable
{
    /// <summary>
    /// Where OpenShift installs and runs the provider, as a kubelet's <c>--image-credential-provider-bin-dir</c> says.
    /// </summary>
    private const string InstalledAs = "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider";

    private NodeClock? _clock;

    private ChrootNode() => Root = Directory.CreateTempSubdirectory("fast-provider-root-").FullName;

    public string Root { get; }

    /// <summary>The clock that commands see in there; the machine's unless set.</summary>
    public NodeClock Clock
    {
        set
        {
            _clock = value;
            value.PutInto(Root);
        }
    }

    /// <param name="carrier">A program that carries its own OpenSSL, for the published one: then there is no libssl.</param>
    public static async Task<ChrootNode> CreateAsync(string? carrier = null)
    {
        var node = new ChrootNode();
        Directory.CreateDirectory(node.Root + "/etc/crio"); // CRI-O's package makes it
        Directory.CreateDirectory(node.Root + "/run");
        node.Install(carrier ?? Plugin.Binary, InstalledAs);
        if (carrier is not null)
        {
            await node.InstallLibrariesAsync(carrier);
            return node;
        }

        var cache = await ReadAsync("/sbin/ldconfig", "-p");
        var tls = LibSsl().Match(cache).Groups[1].Value;
        Assert.True(tls.Length > 0, "libssl.so.3 is not installed.");
        node.Install(tls, tls);
        await node.InstallLibrariesAsync(Plugin.Binary, tls);
        return node;
    }

    /// <summary>The real path of one of the node's files; its directory is made.</summary>
    public string PathOf(string path)
    {
        var real = Root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(real)!);
        return real;
    }

    /// <summary>Copies a node's files into it, but no programs, and nothing over what is there: the real loader.</summary>
    public void Copy(string root)
    {
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/libexec/", StringComparison.Ordinal) && !File.Exists(Root + f[root.Length..])))
        {
            File.Copy(file, PathOf(file[root.Length..]));
        }
    }

    /// <summary>Puts a program there that says this to every question.</summary>
    public void Program(string path, string says)
    {
        if (!File.Exists(Root + "/bin/sh"))
        {
            Install("/bin/sh", "/bin/sh");
            File.WriteAllText(PathOf("/dev/null"), ""); // a device is more than a test may make everywhere
        }

        File.WriteAllText(PathOf(path), $"#!/bin/sh\necho '{says}'\n");
        File.SetUnixFileMode(Root + path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Runs a command of ours in there, with no environment but the clock's, and no input.</summary>
    public Task<PluginRun> RunAsync(params string[] arguments) =>
        Plugin.RunAsync([Root, InstalledAs, .. arguments], [], _clock?.Environment, "/usr/sbin/chroot");

    /// <summary>Runs the plugin in there with no environment.</summary>
    public Task<PluginRun> RunAsync(KubeletRequest request, params string[] arguments) =>
        Plugin.RunAsync([Root, InstalledAs, .. arguments], request.ToBytes(), binary: "/usr/sbin/chroot");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>What these programs and libraries are linked with, where they are on this machine.</summary>
    private async Task InstallLibrariesAsync(params string[] of)
    {
        var said = await Task.WhenAll(of.Select(file => ReadAsync("ldd", file)));
        foreach (var library in said.SelectMany(text => LibraryPath().Matches(text)).Select(m => m.Value).Distinct())
        {
            Install(library, library);
        }
    }

    private void Install(string source, string path) =>
        File.Copy(File.ResolveLinkTarget(source, true)?.FullName ?? source, PathOf(path));

    private static async Task<string> ReadAsync(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    [GeneratedRegex(@"libssl\.so\.3 .*=> (/\S+)")]
    private static partial Regex LibSsl();

    [GeneratedRegex(@"/\S+\.so[.0-9]*", RegexOptions.Multiline)]
    private static partial Regex LibraryPath();
}
