using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>
/// A signed release, verified by the very commands of docs/packages.md, each in a folder and with directories of apt, gpg and rpm
/// of its own.
/// </summary>
public sealed partial class SignatureTests : IClassFixture<SignedRelease>, IClassFixture<RegistryFixture>, IDisposable
{
    // Tools of a user's: what they keep in /etc, /srv and /var/lib is for this run alone. apt sees no other repository.
    private const string Isolated = """
        for empty in /etc/apt/keyrings /etc/apt/sources.list.d /srv; do
            mkdir -p "$empty" && mount -t tmpfs tmpfs "$empty"
        done
        mkdir -p /srv/fast-provider "$HOME/apt/lists/partial" "$HOME/apt/archives/partial" && mount --bind "$1" /srv/fast-provider
        cat >"$HOME/apt.conf" <<END
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        APT::Architecture "amd64";
        APT::Architectures { "amd64"; };
        APT::Sandbox::User "";
        Dir::Etc::sourcelist "/dev/null";
        Dir::State "$HOME/apt/";
        Dir::State::lists "$HOME/apt/lists/";
        Dir::Cache "$HOME/apt/";
        END
        export APT_CONFIG="$HOME/apt.conf"
        cd "$1"
        """;

    private readonly SignedRelease _release;
    private readonly RegistryFixture _registry;
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-verify-").FullName;
    private readonly string _folder;

    public SignatureTests(SignedRelease release, RegistryFixture registry)
    {
        (_release, _registry) = (release, registry);
        _folder = Directory.CreateDirectory(Path.Join(_root, "downloaded")).FullName;
        foreach (var file in Directory.GetFiles(SignedRelease.Folder).Concat(Directory.GetFiles(release.PublicKeys)))
        {
            File.CreateSymbolicLink(Path.Join(_folder, Path.GetFileName(file)), file);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>
    /// What a user verifies, by its heading, the files that a change of one byte in must not get through, and what is said of
    /// it. Of a signature that is no longer one, each tool says something else.
    /// </summary>
    public static TheoryData<string, string, string> Files
    {
        get
        {
            var x64 = Architecture.X64;
            var (deb, rpm) = (Path.GetFileName(Artefacts.Deb(x64)), Path.GetFileName(Artefacts.Rpm(x64)));
            var image = Path.GetFileName(Artefacts.Image);
            var digest = Path.ChangeExtension(image, ".digest");
            var provenance = $"fast-provider-{BuildVersion.Value}.provenance.json";
            var data = new TheoryData<string, string, string>
            {
                { "Every file", "SHA256SUMS", "Signature verification failed" },
                { "Every file", "SHA256SUMS.minisig", "" },
                { "A .deb", deb, "BAD signature" },
                { "A .deb", deb + ".asc", "" },
                { "A repository of apt", "InRelease", "" },
                { "A repository of apt", "Packages", "Hash Sum mismatch" },
                { "A repository of apt", deb, "Hash Sum mismatch" },
                { "An .rpm", rpm, "DIGESTS SIGNATURES NOT OK" },
                { "The image", image, "Digest did not match" },
                { "The image", digest, "Signature verification failed" },
                { "The image", digest + ".minisig", "" },
                { "Where it comes from", provenance, $"{provenance}: FAILED" },
                { "Where it comes from", rpm, $"{rpm}: FAILED" },
            };
            foreach (var file in Built)
            {
                data.Add("Every file", file, $"{file}: FAILED");
            }

            return data;
        }
    }

    public static TheoryData<string> Headings => [.. Files.Select(row => (string)row[0]).Distinct()];

    [Theory]
    [MemberData(nameof(Headings))]
    public async Task What_was_released_is_taken(string heading)
    {
        var run = await RunAsync(Commands(heading));

        Assert.True(run.ExitCode == 0, $"Exit {run.ExitCode}: {run.Stderr}");
        Assert.True(run.Stdout.Length + run.Stderr.Length > 0, "Nothing was said of it.");
    }

    /// <summary>The page's commands with the name of each package in the place of the one that it takes as example.</summary>
    [Theory]
    [MemberData(nameof(Artefacts.Packages), MemberType = typeof(Artefacts))]
    public async Task Each_package_is_signed(string package, Architecture architecture)
    {
        static string For(string heading, string example, string file) =>
            Commands(heading).Replace(Path.GetFileName(example), Path.GetFileName(file), StringComparison.Ordinal);
        var deb = For("A .deb", Artefacts.Deb(Architecture.X64), Artefacts.Deb(architecture, package));
        var rpm = For("An .rpm", Artefacts.Rpm(Architecture.X64), Artefacts.Rpm(architecture, package));

        var run = await RunAsync($"{deb}\n{rpm}");

        Assert.True(run.ExitCode == 0, $"Exit {run.ExitCode}: {Encoding.UTF8.GetString(run.Stdout)}{run.Stderr}");
        Assert.Contains("Good signature", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(
            $"{Path.GetFileName(Artefacts.Rpm(architecture, package))}: digests signatures OK\n",
            Encoding.UTF8.GetString(run.Stdout));
    }

    /// <summary>Of a checkout with changes the provenance names no commit under that name, as nobody else has them.</summary>
    [Fact]
    public async Task The_commands_of_the_provenance_print_the_commit_and_who_built()
    {
        var run = await RunAsync(Commands("Where it comes from"));

        const string source = "dependency source - gitCommit ";
        var commits = (await File.ReadAllLinesAsync(SignedRelease.Inputs))
            .Where(line => line.StartsWith(source, StringComparison.Ordinal)).Select(line => line[source.Length..]);
        var printed = Encoding.UTF8.GetString(run.Stdout).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. commits, SignedRelease.Builder], printed.SkipWhile(line => !line.Contains(": OK")).Where(line =>
            !line.EndsWith(": OK", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task One_changed_byte_is_refused(string heading, string file, string expected)
    {
        var path = Path.Join(_folder, file);
        var bytes = await File.ReadAllBytesAsync(path);
        // Of a signature of minisign the line between the two comments, of all else the middle.
        bytes[file.EndsWith(".minisig", StringComparison.Ordinal) ? 80 : bytes.Length / 2] ^= 1;
        File.Delete(path); // a link to the file that other tests take
        await File.WriteAllBytesAsync(path, bytes);

        var run = await RunAsync(Commands(heading));

        var said = Encoding.UTF8.GetString(run.Stdout) + run.Stderr;
        Assert.True(run.ExitCode != 0, $"A changed {file} was taken: {said}");
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    /// <summary>What somebody else has signed is as good as not signed.</summary>
    [Theory]
    [InlineData("Every file")]
    [InlineData("A .deb")]
    [InlineData("A repository of apt")]
    [InlineData("An .rpm")]
    [InlineData("The image")]
    public async Task Another_key_is_refused(string heading)
    {
        foreach (var key in Directory.GetFiles(_release.KeysOfSomebodyElse))
        {
            File.Delete(Path.Join(_folder, Path.GetFileName(key)));
            File.Copy(key, Path.Join(_folder, Path.GetFileName(key)));
        }

        var run = await RunAsync(Commands(heading));

        Assert.True(run.ExitCode != 0, $"Another key did as well: {Encoding.UTF8.GetString(run.Stdout)}{run.Stderr}");
    }

    [Fact]
    public async Task A_package_without_signature_is_refused()
    {
        var rpm = Artefacts.Rpm(Architecture.X64);
        File.Delete(Path.Join(_folder, Path.GetFileName(rpm)));
        File.CreateSymbolicLink(Path.Join(_folder, Path.GetFileName(rpm)), rpm);

        var run = await RunAsync(Commands("An .rpm"));

        Assert.True(run.ExitCode != 0, Encoding.UTF8.GetString(run.Stdout));
    }

    [Fact]
    public async Task Signed_files_are_those_of_the_build_but_for_the_signature_within_an_rpm()
    {
        foreach (var name in Built)
        {
            var (built, signed) = (Path.Join(Artefacts.Directory, name), Path.Join(SignedRelease.Folder, name));
            if (built.EndsWith(".rpm", StringComparison.Ordinal))
            {
                Assert.Equal(await SignedPartAsync(built), await SignedPartAsync(signed));
            }
            else
            {
                Assert.Equal(SHA256.HashData(File.ReadAllBytes(built)), SHA256.HashData(File.ReadAllBytes(signed)));
            }
        }
    }

    [Fact]
    public async Task The_provenance_names_what_the_build_made_and_what_it_was_made_from()
    {
        var file = Path.Join(SignedRelease.Folder, $"fast-provider-{BuildVersion.Value}.provenance.json");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        var statement = json.RootElement;
        var predicate = statement.GetProperty("predicate");
        var definition = predicate.GetProperty("buildDefinition");
        var inputs = await File.ReadAllLinesAsync(SignedRelease.Inputs);

        Assert.Equal("https://in-toto.io/Statement/v1", statement.GetProperty("_type").GetString());
        Assert.Equal("https://slsa.dev/provenance/v1", statement.GetProperty("predicateType").GetString());
        Assert.Equal(
            Built.Append($"fast-provider:{BuildVersion.Value}").Order(StringComparer.Ordinal),
            statement.GetProperty("subject").EnumerateArray().Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Equal(BuildVersion.Value, definition.GetProperty("externalParameters").GetProperty("version").GetString());
        var builder = predicate.GetProperty("runDetails").GetProperty("builder");
        Assert.Equal(SignedRelease.Builder, builder.GetProperty("id").GetString());

        var dependencies = definition.GetProperty("resolvedDependencies").EnumerateArray().ToList();
        // dependency NAME URI ALGORITHM DIGEST
        Assert.Equal(
            inputs.Where(line => line.StartsWith("dependency ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]),
            dependencies.Select(NameOf));
        var source = Assert.Single(dependencies, each => NameOf(each)!.StartsWith("source", StringComparison.Ordinal));
        Assert.Equal(SignedRelease.Source, source.GetProperty("uri").GetString());
        Assert.Contains(inputs, line =>
            line == $"dependency {NameOf(source)} - gitCommit {source.GetProperty("digest").GetProperty("gitCommit")}");
        var sdk = Assert.Single(dependencies, each => NameOf(each) == "dotnet-sdk").GetProperty("uri").GetString()!;
        using var global = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Join(Repository.Root, "global.json")));
        var wanted = global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        Assert.StartsWith($"pkg:generic/dotnet-sdk@{wanted[..^2]}", sdk, StringComparison.Ordinal); // the latest patch of it
        Assert.All(
            dependencies.Where(each => NameOf(each) == "libssl-dev"),
            each => Assert.Equal(128, each.GetProperty("digest").GetProperty("sha512").GetString()!.Length));
    }

    /// <summary>Nothing in it is of the hour or the machine, but the signatures within the rpms.</summary>
    [Fact]
    public async Task The_provenance_is_the_same_each_time()
    {
        var again = Path.Join(_root, "again");
        var run = await _release.RunAsync(
            """
            cd "$1" && deploy/packages/sign.sh "$2" artifacts/packaging/inputs "$3"
            """,
            Repository.Root, Artefacts.Directory, again);
        Assert.True(run.ExitCode == 0, run.Stderr);

        static string Text(string folder) => RpmSubject().Replace(
            File.ReadAllText(Path.Join(folder, $"fast-provider-{BuildVersion.Value}.provenance.json")), "");
        Assert.Contains("linux-x64.tar.gz", Text(again), StringComparison.Ordinal);
        Assert.Equal(Text(SignedRelease.Folder), Text(again));
    }

    [Fact]
    public async Task The_digest_is_what_a_registry_calls_the_image()
    {
        const string login = $"{RegistryFixture.User}:{RegistryFixture.Password}";
        var to = $"docker://{_registry.Host}/fast-provider:{BuildVersion.Value}";
        var source = $"oci-archive:{Artefacts.Image}:{BuildVersion.Value}";

        var push = await Skopeo.RunAsync(
            _root, null, "copy", "--all", "--dest-tls-verify=false", "--dest-creds", login, source, to);
        Assert.True(push.ExitCode == 0, push.Stderr);
        var index = await Artefacts.BytesOfAsync("skopeo", "inspect", "--raw", "--tls-verify=false", "--creds", login, to);

        Assert.Equal(
            await File.ReadAllTextAsync(Path.Join(SignedRelease.Folder, $"fast-provider-{BuildVersion.Value}-oci.digest")),
            $"sha256:{Convert.ToHexStringLower(SHA256.HashData(index))}\n");
    }

    [Fact]
    public void The_dry_run_writes_the_notes_of_the_version_and_says_nothing_secret()
    {
        Assert.NotEmpty(_release.Secrets);
        var files = Directory.GetFiles(SignedRelease.Folder).Where(file => new FileInfo(file).Length < 100_000)
            .Select(File.ReadAllText).Append(_release.Said).ToList();
        Assert.All(_release.Secrets, secret =>
            Assert.False(files.Any(text => text.Contains(secret, StringComparison.Ordinal)), "A secret key is told."));

        var notes = File.ReadAllText(SignedRelease.Notes);
        Assert.StartsWith($"# FastProvider {BuildVersion.Value}\n\n- ", notes, StringComparison.Ordinal);
        var sections = File.ReadAllText(Path.Join(Repository.Root, "CHANGELOG.md")).Split("\n## ");
        var section = Assert.Single(sections, each => each.StartsWith($"{BuildVersion.Value},", StringComparison.Ordinal));
        Assert.Contains(section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim(), notes, StringComparison.Ordinal);
    }

    /// <summary>The names of what ./package.sh has made, without the list of their hashes.</summary>
    private static IEnumerable<string> Built =>
        Directory.GetFiles(Artefacts.Directory).Select(file => Path.GetFileName(file)).Where(name => name != "SHA256SUMS");

    private static string? NameOf(JsonElement described) => described.GetProperty("name").GetString();

    /// <summary>What the signature of an rpm signs: its header, which has the hash of what it carries.</summary>
    private static Task<string> SignedPartAsync(string rpm) =>
        Artefacts.AskAsync("rpm", "-qp", "--nosignature", "--queryformat", @"%{SHA256HEADER} %{PAYLOADDIGEST}\n", rpm);

    /// <summary>The commands that docs/packages.md has under a heading of "Verify a release".</summary>
    private static string Commands(string heading)
    {
        var page = File.ReadAllText(Path.Join(Repository.Root, "docs/packages.md"));
        var section = Assert.Single(
            page.Split("\n### "), part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
        // Up to the next heading of a higher rank.
        var blocks = CodeBlock().Matches(section.Split("\n## ")[0]);
        return Assert.Single(blocks.AsEnumerable()).Groups[1].Value;
    }

    private Task<PluginRun> RunAsync(string commands) => Plugin.RunAsync(
        ["--mount", "bash", "-euo", "pipefail", "-c", $"{Isolated}\n{commands}", "bash", _folder], [],
        new Dictionary<string, string> { ["HOME"] = _root }, "/usr/bin/unshare");

    [GeneratedRegex(@"\n```\n(.*?)\n```\n", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^ \\{\"name\":\"[^\"]*\\.rpm\",.*\n", RegexOptions.Multiline)]
    private static partial Regex RpmSubject();
}
