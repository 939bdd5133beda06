using System.Text;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Packages;

/// <summary>
/// What <c>./release.sh TAG</c> refuses before it builds anything, in a repository that has what the script reads. Its package.sh
/// writes down how it was called: a build takes minutes.
/// </summary>
public sealed class ReleaseScriptTests : IAsyncLifetime
{
    private const string Changelog = """
        # Changelog

        ## 1.2.3, 2026-02-03

        - Something new.

        ## 1.2.2, 2026-01-02

        - Something old.

        """;

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-release-").FullName;

    public async Task InitializeAsync()
    {
        var scripts = Directory.CreateDirectory(Path.Join(_root, "deploy/packages")).FullName;
        File.Copy(Path.Join(Repository.Root, "release.sh"), Path.Join(_root, "release.sh"));
        File.Copy(Path.Join(Repository.Root, "deploy/packages/signing.sh"), Path.Join(scripts, "signing.sh"));
        await WriteAsync("Directory.Build.props", "<Project><PropertyGroup><Version>1.2.3</Version></PropertyGroup></Project>\n");
        await WriteAsync("CHANGELOG.md", Changelog);
        await WriteAsync(".gitignore", "artifacts/\n");
        await WriteAsync("package.sh", "#!/bin/sh\nmkdir -p artifacts && echo \"built $*\" >>artifacts/called\n");
        await GitAsync("git init -q && chmod +x package.sh && git add . && git commit -q -m First && git tag -a v1.2.3 -m 1.2.3");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_tag_of_this_commit_and_version_is_built_and_its_notes_are_its_section()
    {
        var run = await ReleaseAsync("v1.2.3");

        Assert.True(run.ExitCode == 0, run.Stderr);
        Assert.Equal("built \n", await File.ReadAllTextAsync(Path.Join(_root, "artifacts/called")));
        Assert.Equal(
            "# FastProvider 1.2.3\n\n- Something new.\n",
            await File.ReadAllTextAsync(Path.Join(_root, "artifacts/release-notes.md")));
        Assert.Equal(
            "FastProvider 1.2.3: artifacts/packages, not signed, as no keys were given; the notes: artifacts/release-notes.md\n",
            Encoding.UTF8.GetString(run.Stdout));
    }

    [Fact]
    public async Task With_keys_the_packages_are_signed_and_the_notes_say_how_to_verify_them()
    {
        string[][] keys =
        [
            ["MINISIGN_KEY", "/etc/hostname"], ["GPG_KEY", await MakeKeyAsync()], ["BUILDER_ID", "https://ci.example.com/b"],
        ];

        var run = await ReleaseAsync("v1.2.3", keys);

        Assert.True(run.ExitCode == 0, run.Stderr);
        Assert.Equal("built --sign\n", await File.ReadAllTextAsync(Path.Join(_root, "artifacts/called")));
        Assert.Equal(
            "FastProvider 1.2.3: artifacts/signed; the notes: artifacts/release-notes.md\n", Encoding.UTF8.GetString(run.Stdout));
        var notes = await File.ReadAllTextAsync(Path.Join(_root, "artifacts/release-notes.md"));
        Assert.EndsWith("`docs/packages.md`, \"Verify a release\".\n", notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BUILDER_ID", "", "BUILDER_ID must be a URI")]
    [InlineData("BUILDER_ID", "our builder", "BUILDER_ID must be a URI")]
    [InlineData("BUILDER_ID", "https://ci.example.com/\"", "BUILDER_ID must be a URI")]
    [InlineData("SOURCE_URI", "here", "SOURCE_URI must be a URI")]
    public async Task What_would_not_be_a_URI_in_the_provenance_is_refused(string variable, string value, string expected)
    {
        string[][] keys =
        [
            ["MINISIGN_KEY", "/etc/hostname"], ["GPG_KEY", await MakeKeyAsync()], ["BUILDER_ID", "https://ci.example.com/b"],
            [variable, value],
        ];

        var run = await ReleaseAsync("v1.2.3", keys);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1.2.2", "true", "there is no annotated tag v1.2.2")]
    [InlineData("v1.2.3", "git tag -d v1.2.3 && git tag v1.2.3", "there is no annotated tag v1.2.3")]
    [InlineData("HEAD", "true", "there is no annotated tag HEAD")]
    [InlineData("v1.2.3", "git commit -q --allow-empty -m Later", "v1.2.3 is another commit than the one that is checked out")]
    [InlineData("v1.2.4", "git tag -a v1.2.4 -m 1.2.4", "the tag is v1.2.4, but Directory.Build.props has version 1.2.3")]
    [InlineData("1.2.3", "git tag -a 1.2.3 -m 1.2.3", "the tag is 1.2.3, but Directory.Build.props has version 1.2.3")]
    [InlineData("v1.2.3", "echo >>CHANGELOG.md", "this checkout has changes that are in no commit")]
    [InlineData("v1.2.3", "echo >new-file", "this checkout has changes that are in no commit")]
    [InlineData("v1.2.3", "sed -i 's/^## 1.2.3/## 1.2.30/' CHANGELOG.md && again", "CHANGELOG.md has no section of 1.2.3")]
    [InlineData("v1.2.3", "sed -i 's/^## 1.2.3/## 1x2.3/' CHANGELOG.md && again", "CHANGELOG.md has no section of 1.2.3")]
    [InlineData("v1.2.3", "sed -i 's/^## 1.2.2/## 1.2.3/' CHANGELOG.md && again", "has more than one section of 1.2.3")]
    [InlineData("v1.2.3", "sed -i 's/, 2026-02-03/, not released yet/' CHANGELOG.md && again", "does not say the day of 1.2.3")]
    [InlineData("v1.2.3", "sed -i '/Something new/d' CHANGELOG.md && again", "the section of 1.2.3 in CHANGELOG.md is empty")]
    public async Task What_does_not_fit_is_refused_before_anything_is_built(string tag, string change, string expected)
    {
        await GitAsync(
            "again() { git commit -q -a -m Changed && git tag -d v1.2.3 && git tag -a v1.2.3 -m 1.2.3; }\n" + change);

        var run = await ReleaseAsync(tag);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("No release: ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Join(_root, "artifacts")), "Something was built.");
    }

    /// <summary>A release that is half signed, or signed by nobody, is not begun.</summary>
    [Theory]
    [InlineData("GPG_KEY=0123456789012345678901234567890123456789", "MINISIGN_KEY must name a file")]
    [InlineData("MINISIGN_KEY=/no/such/file", "MINISIGN_KEY must name a file")]
    [InlineData("MINISIGN_KEY=/etc/hostname", "GPG_KEY must be the fingerprint")]
    [InlineData("MINISIGN_KEY=/etc/hostname GPG_KEY=maintainers", "GPG_KEY must be the fingerprint")]
    [InlineData(
        "MINISIGN_KEY=/etc/hostname GPG_KEY=0123456789012345678901234567890123456789", "gpg has no secret key")]
    public async Task Keys_that_are_not_there_are_refused_before_anything_is_built(string variables, string expected)
    {
        var run = await ReleaseAsync("v1.2.3", variables.Split(' ').Select(each => each.Split('=')).ToArray());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Join(_root, "artifacts")), "Something was built.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("--sign")]
    [InlineData("v1.2.3 v1.2.3")]
    public async Task Other_arguments_are_refused_with_the_right_ones(string arguments)
    {
        var run = await ReleaseAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("./release.sh TAG ", run.Stderr, StringComparison.Ordinal);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Join(_root, file), text);

    private Task<PluginRun> ReleaseAsync(string arguments, params string[][] variables)
    {
        var environment = new Dictionary<string, string> { ["HOME"] = _root, ["GIT_CONFIG_GLOBAL"] = "/dev/null" };
        foreach (var variable in variables)
        {
            environment[variable[0]] = variable[1];
        }

        return Plugin.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), [], environment, Path.Join(_root, "release.sh"));
    }

    /// <summary>A key of gpg's in the keyring of this test, which git does not look at.</summary>
    private async Task<string> MakeKeyAsync()
    {
        const string script = """
            echo /.gnupg/ >>.git/info/exclude
            gpg --batch --quiet --passphrase '' --quick-generate-key throwaway ed25519 sign never
            gpgconf --kill gpg-agent
            gpg --list-secret-keys --with-colons throwaway | awk -F: '/^fpr/ { print $10; exit }'
            """;
        return (await GitAsync(script)).Trim();
    }

    /// <summary>As some author, in the repository.</summary>
    private async Task<string> GitAsync(string script)
    {
        var author = new Dictionary<string, string>
        {
            ["HOME"] = _root, ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_AUTHOR_NAME"] = "A", ["GIT_AUTHOR_EMAIL"] = "a@example.com",
            ["GIT_COMMITTER_NAME"] = "A", ["GIT_COMMITTER_EMAIL"] = "a@example.com",
        };
        var run = await Plugin.RunAsync(["-e", "-c", "cd \"$1\"\n" + script, "bash", _root], [], author, "/bin/bash");
        var said = Encoding.UTF8.GetString(run.Stdout);
        Assert.True(run.ExitCode == 0, run.Stderr + said);
        return said;
    }
}
