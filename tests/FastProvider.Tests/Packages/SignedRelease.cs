using System.Text;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>
/// What <c>./release.sh --dry-run</c> makes of the packages that <c>./package.sh</c> made before the tests, signed with keys that
/// are made for it and thrown away.
/// </summary>
public sealed class SignedRelease : IAsyncLifetime
{
    /// <summary>What the caller of a release says of itself.</summary>
    public const string Builder = "https://ci.example.com/fast-provider", Source = "git+https://git.example.com/fast-provider";

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-signed-").FullName;

    /// <summary>The files to publish.</summary>
    public static string Folder { get; } = Path.Join(Repository.Root, "artifacts/dry-run/signed");

    /// <summary>Where its notes are.</summary>
    public static string Notes { get; } = Path.Join(Repository.Root, "artifacts/dry-run/release-notes.md");

    /// <summary>What it was made from, as the build wrote it down.</summary>
    public static string Inputs { get; } = Path.Join(Repository.Root, "artifacts/packaging/inputs");

    /// <summary>What the dry run printed.</summary>
    public string Said { get; private set; } = "";

    /// <summary>The public keys, of minisign and of gpg, as maintainers hand them out.</summary>
    public string PublicKeys => Path.Join(_root, "public");

    /// <summary>Two others of the same names.</summary>
    public string KeysOfSomebodyElse => Path.Join(_root, "else");

    /// <summary>The variables that say whose keys they are.</summary>
    public Dictionary<string, string> Caller { get; } = [];

    /// <summary>The lines of minisign's secret key, and the names of gpg's.</summary>
    public IEnumerable<string> Secrets => File.ReadLines(Path.Join(_root, "minisign.key"))
        .Concat(Directory.GetFiles(Path.Join(_root, "gnupg/private-keys-v1.d"))
            .Select(file => Path.GetFileNameWithoutExtension(file)));

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Inputs), $"{Inputs} is missing. Run: ./package.sh");
        Directory.CreateDirectory(PublicKeys);
        Directory.CreateDirectory(KeysOfSomebodyElse);
        Directory.CreateDirectory(Path.Join(_root, "gnupg"), (UnixFileMode)0b111_000_000);
        Caller["HOME"] = _root;
        Caller["GNUPGHOME"] = Path.Join(_root, "gnupg");
        Caller["MINISIGN_KEY"] = Path.Join(_root, "minisign.key");
        Caller["BUILDER_ID"] = Builder;
        Caller["SOURCE_URI"] = Source;
        Caller["GPG_KEY"] = (await AskAsync(
            """
            make_keys() { # NAME PUBLIC SECRET
                minisign -G -W -p "$2/fast-provider.pub" -s "$3" >&2
                gpg --batch --quiet --passphrase '' --quick-generate-key "$1" rsa3072 sign never
                gpg --armor --export "$1" >"$2/fast-provider.asc"
            }
            make_keys throwaway "$1" "$MINISIGN_KEY"
            make_keys somebody "$2" "$2.key"
            gpg --list-secret-keys --with-colons throwaway | awk -F: '/^fpr/ { print $10; exit }'
            """,
            PublicKeys, KeysOfSomebodyElse)).Trim();
        Said = await AskAsync("cd \"$1\" && exec ./release.sh --dry-run", Repository.Root);
    }

    public async Task DisposeAsync()
    {
        await AskAsync("gpgconf --kill gpg-agent");
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Runs a script as the caller, with all that it says.</summary>
    internal Task<PluginRun> RunAsync(string script, params string[] arguments) => Plugin.RunAsync(
        ["-euo", "pipefail", "-c", script, "bash", .. arguments], [], Caller, "/bin/bash");

    /// <summary>The same of one that has to succeed: its standard output.</summary>
    private async Task<string> AskAsync(string script, params string[] arguments)
    {
        var run = await RunAsync(script, arguments);
        Assert.True(run.ExitCode == 0, $"Exit {run.ExitCode}: {run.Stderr}");
        return Encoding.UTF8.GetString(run.Stdout);
    }
}
