using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A private mirror: <c>docker-registry</c> with htpasswd on a loopback port, which holds <c>cache/app:v1</c>. One for all tests
/// of a class; it ends with them.
/// </summary>
public partial class RegistryFixture : IAsyncLifetime
{
    /// <summary>The one account of the registry.</summary>
    internal const string User = "mirror-user";
    internal const string Password = "mirror:password/with:colons";

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-registry-").FullName;
    private Process? _process;
    private Task _log = Task.CompletedTask;

    /// <summary>Such as <c>127.0.0.1:41236</c>.</summary>
    internal string Host { get; private set; } = "";

    /// <summary>More lines of its section <c>http</c>, each as deep as it belongs, with its line break.</summary>
    /// <param name="root">A directory for files that they name.</param>
    private protected virtual string HttpSection(string root) => "";

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "htpasswd"), $"{User}:{Bcrypt(Password)}\n");
        var config = Path.Combine(_root, "config.yml");
        await File.WriteAllTextAsync(config, $"""
            version: 0.1
            log:
              level: info
            storage:
              filesystem:
                rootdirectory: {_root}/data
            http:
              addr: 127.0.0.1:0
              secret: of-one-test-run
            {HttpSection(_root)}auth:
              htpasswd:
                realm: test
                path: {_root}/htpasswd

            """);
        await StartAsync(config);
        var image = OciImage.Write(Path.Combine(_root, "image"));
        var push = await Skopeo.RunAsync(_root, null,
            "copy", "--dest-tls-verify=false", "--dest-creds", $"{User}:{Password}", image, $"docker://{Host}/cache/app:v1");
        Assert.True(push.ExitCode == 0, "skopeo could not push the test image: " + push.Stderr);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            await _log;
            _process.Dispose();
        }

        Directory.Delete(_root, recursive: true);
    }

    private async Task StartAsync(string config)
    {
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config])
        {
            RedirectStandardError = true, RedirectStandardOutput = true
        })!;
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (ListeningLine().Match(line) is { Success: true } listening)
            {
                Host = "127.0.0.1:" + int.Parse(listening.Groups[1].Value, CultureInfo.InvariantCulture);
                _log = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
                return;
            }
        }

        Assert.Fail("docker-registry did not start. Install Debian's docker-registry.");
    }

    /// <summary>The only hash the registry takes; libcrypt, which every Debian has, makes it.</summary>
    private static string Bcrypt(string password) =>
        Marshal.PtrToStringUTF8(Crypt(password, "$2y$05$saltsaltsaltsaltsaltsO"))
            ?? throw new InvalidOperationException("libcrypt knows no bcrypt.");

    [LibraryImport("libcrypt.so.1", EntryPoint = "crypt", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr Crypt(string phrase, string setting);

    [GeneratedRegex(@"listening on 127\.0\.0\.1:(\d+)")]
    private static partial Regex ListeningLine();
}
