using System.Diagnostics;
using System.Globalization;

namespace FastProvider.Bench.Scene;

/// <summary>
/// The API server in a process of its own, on the machine's last CPU. In the measuring process its threads, its garbage and its
/// memory would be counted as the client's; on any CPU it would push contenders aside by chance.
/// </summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private ServerProcess(Process process, string directory)
    {
        _process = process;
        Url = File.ReadAllText(Path.Join(directory, "url"));
        Kubeconfig = Directory.GetFiles(directory, "*.conf").Single();
        Authority = Path.Join(directory, "ca.crt");
        _directory = directory;
    }

    /// <summary>Such as <c>https://127.0.0.1:41234</c>.</summary>
    public string Url { get; }

    /// <summary>A kubeadm kubelet.conf that leads to the server.</summary>
    public string Kubeconfig { get; }

    /// <summary>The cluster's CA, PEM.</summary>
    public string Authority { get; }

    /// <summary>The CPU that the server stays on.</summary>
    public static int Cpu => Environment.ProcessorCount - 1;

    /// <summary>Starts it; the files that clients need lie in <paramref name="directory"/> then.</summary>
    /// <param name="directory">Is made.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="tickMs">Consistent LISTs wait for the next tick of so many milliseconds; with 0 they do not.</param>
    public static ServerProcess Start(string directory, int port = 0, int tickMs = 0)
    {
        Directory.CreateDirectory(directory);
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Repository.BuiltAssembly("Server", "FastProvider.Bench.Server"));
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(Cpu.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(tickMs.ToString(CultureInfo.InvariantCulture));
        var process = Process.Start(start)!;
        return process.StandardOutput.ReadLine() == "ready"
            ? new ServerProcess(process, directory)
            : throw new SceneException("the API server for the measurements did not start; what it said stands above");
    }

    /// <summary>The namespace that has this many Secrets: 0, 1, 3, 10, 1000 or 10000.</summary>
    public static string Namespace(int secrets) => string.Create(CultureInfo.InvariantCulture, $"team-{secrets}");

    /// <summary>A ServiceAccount token of that namespace, for hours.</summary>
    public string Token(int secrets) =>
        File.ReadAllText(Path.Join(_directory, string.Create(CultureInfo.InvariantCulture, $"token-{secrets}")));

    /// <summary>The LIST that the plugin sends first.</summary>
    public string ListUrl(int secrets) => $"{Url}/api/v1/namespaces/{Namespace(secrets)}/secrets"
        + "?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&resourceVersion=0";

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
