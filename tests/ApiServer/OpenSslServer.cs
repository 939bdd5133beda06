using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// A server with the right certificate that does what .NET does not: <c>openssl s_server</c>. It prints what a client sends, so
/// that a test can look for what must not be there.
/// </summary>
public sealed partial class OpenSslServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly StringBuilder _printed = new();

    private OpenSslServer(Process process, int port)
    {
        _process = process;
        Port = port;
        _errors = process.StandardError.ReadToEndAsync();
        Output = ReadAsync(process.StandardOutput);
    }

    public int Port { get; }

    public string Url => $"https://127.0.0.1:{Port}";

    /// <summary>What the server printed, decrypted bytes of clients included; complete after disposal.</summary>
    public Task<string> Output { get; }

    /// <summary>TLS 1.1 alone, which today's defaults of OpenSSL refuse.</summary>
    public static string[] OldTls => ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"];

    /// <summary>Starts it with a serving certificate for 127.0.0.1 in <paramref name="directory"/>.</summary>
    public static async Task<OpenSslServer> StartAsync(ClusterCertificates certificates, string directory, params string[] flags)
    {
        using var certificate = certificates.Server("127.0.0.1");
        return await StartAsync(
            certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n", "",
            directory, flags);
    }

    /// <summary>Starts it with any certificate, which it does not look at.</summary>
    /// <param name="certificateAndKeyPem">What it shows of itself.</param>
    /// <param name="chainPem">The certificates that it shows with it, or nothing.</param>
    /// <param name="directory">Where these are written.</param>
    /// <param name="flags">More of <c>openssl s_server</c>.</param>
    public static async Task<OpenSslServer> StartAsync(
        string certificateAndKeyPem, string chainPem, string directory, params string[] flags)
    {
        var (pem, chain) = (Path.Combine(directory, "server.pem"), Path.Combine(directory, "server-chain.pem"));
        await File.WriteAllTextAsync(pem, certificateAndKeyPem);
        await File.WriteAllTextAsync(chain, chainPem);
        string[] chainFlags = chainPem.Length > 0 ? ["-cert_chain", chain] : [];
        var start = new ProcessStartInfo(
            "openssl", ["s_server", "-accept", "127.0.0.1:0", "-cert", pem, "-key", pem, .. chainFlags, .. flags])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (AcceptLine().Match(line) is { Success: true } accept)
            {
                return new OpenSslServer(process, int.Parse(accept.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("openssl s_server did not start: " + await process.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits until it has printed a text, a minute at most.</summary>
    public async Task PrintsAsync(string text)
    {
        for (var end = Environment.TickCount64 + 60_000; Environment.TickCount64 < end; await Task.Delay(10))
        {
            lock (_printed)
            {
                if (_printed.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }
        }

        throw new InvalidOperationException($"openssl s_server has not printed {text}.");
    }

    /// <summary>Gives it a command, such as <c>R</c> to shake hands anew.</summary>
    public async Task CommandAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await Task.WhenAll(_errors, Output);
        _process.Dispose();
    }

    private async Task<string> ReadAsync(StreamReader from)
    {
        var buffer = new char[4096];
        for (int count; (count = await from.ReadAsync(buffer)) > 0;)
        {
            lock (_printed)
            {
                _printed.Append(buffer, 0, count);
            }
        }

        return _printed.ToString();
    }

    [GeneratedRegex(@"^ACCEPT 127\.0\.0\.1:(\d+)")]
    private static partial Regex AcceptLine();
}
