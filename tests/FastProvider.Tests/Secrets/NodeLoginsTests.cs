using FastProvider.AuthFile;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Tests.AuthFile;

namespace FastProvider.Tests.Secrets;

/// <summary>
/// The logins of the node in several files: each endpoint gets what CRI-O would find (container-libs, getCredentialsWithHomeDir:
/// the first file with an answer decides), and the kubelet's file comes last.
/// </summary>
public sealed class NodeLoginsTests : IDisposable
{
    private const string A = """{"auth":"YTph"}""", B = """{"auth":"Yjpi"}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("fast-provider-logins-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The files are of podman, skopeo and docker, then docker's old form, then the kubelet's.</summary>
    [Theory]
    [InlineData("reg.example.com a:a", """{"auths":{"reg.example.com":A}}""", """{"auths":{"reg.example.com":B}}""")]
    [InlineData("reg.example.com a:a", """{"auths":{"reg.example.com":A}}""", """{"auths":{"reg.example.com/team":B}}""")]
    [InlineData("reg.example.com/team b:b", """{"auths":{"reg.example.com":A,"reg.example.com/team":B}}""", "{}")]
    [InlineData(
        "https://reg.example.com/some/page a:a", """{"auths":{"https://reg.example.com/some/page":A}}""",
        """{"auths":{"reg.example.com/team/app":B}}""")]
    [InlineData("reg.example.com b:b", """{"auths":{"other.example.com":A}}""", """{"auths":{"reg.example.com":B}}""")]
    // An entry that decides and holds nothing leaves the endpoint to the next file.
    [InlineData(
        "reg.example.com b:b", """{"auths":{"reg.example.com/team":{},"reg.example.com":A}}""",
        """{"auths":{"reg.example.com":B}}""")]
    [InlineData(
        "reg.example.com b:b", """{"auths":{"reg.example.com/team":{"auth":"Og=="},"reg.example.com":A}}""",
        """{"auths":{"reg.example.com":B}}""")]
    // So does what CRI-O does not look for; where it finds nothing at all, that counts.
    [InlineData("reg.example.com b:b", """{"auths":{"*.example.com":A}}""", """{"auths":{"reg.example.com":B}}""")]
    [InlineData(
        "reg.example.com b:b", """{"auths":{"reg.example.com":{"username":"a","password":"a"}}}""",
        """{"auths":{"reg.example.com":B}}""")]
    [InlineData("*.example.com a:a", """{"auths":{"*.example.com":A}}""", """{"auths":{"reg.example.com/":B}}""")]
    [InlineData("reg.example.com/team a:a", "not JSON", """{"auths":{"reg.example.com/team":A}}""")]
    public void The_first_file_in_which_CRI_O_finds_a_credential_decides(string found, string first, string second) =>
        Assert.Equal($" {found}", Read([(first, NodeAuthFileKind.Crio), (second, NodeAuthFileKind.Crio)]).Found[0]);

    [Theory]
    [InlineData("reg.example.com a:a", """{"reg.example.com":A}""")]
    [InlineData("https://reg.example.com/v1/ a:a", """{"https://reg.example.com/v1/":A}""")]
    [InlineData("reg.example.com/v1/ a:a", """{"reg.example.com/v1/":A}""")]
    public void The_old_form_has_keys_for_hosts_alone(string found, string json)
    {
        var read = Read([(json, NodeAuthFileKind.LegacyCrio)]);

        Assert.Equal(($" {found}", false), (read.Found[0], read.NeedFile));
    }

    /// <summary>CRI-O has three names for Docker Hub's host (normalizeRegistry), so it finds each of these itself.</summary>
    [Theory]
    [InlineData("docker.io")]
    [InlineData("index.docker.io")]
    [InlineData("registry-1.docker.io")]
    [InlineData("https://registry-1.docker.io/v2/")]
    public void Docker_Hub_has_three_names(string key)
    {
        var read = Read([($$$"""{"auths":{"{{{key}}}":A}}""", NodeAuthFileKind.Crio)], "docker.io/library/busybox");

        Assert.Equal(($" {key} a:a", false), (read.Found[0], read.NeedFile));
    }

    [Fact]
    public void A_file_that_is_broken_costs_no_helper_of_another()
    {
        (string, NodeAuthFileKind)[] files =
        [
            ("""{"credHelpers":{"reg.example.com":"ecr-login"}}""", NodeAuthFileKind.Crio),
            ("""{"credHelpers":{"mirror.example.com":"x"},"auths":5}""", NodeAuthFileKind.Crio),
            ("""{"auths":{"reg.example.com":A,"mirror.example.com":B}}""", NodeAuthFileKind.Crio),
        ];

        var read = Read(files);

        Assert.Equal(["-", " mirror.example.com b:b"], read.Found);
        Assert.Contains($"{_directory}/1", read.Warnings, StringComparison.Ordinal);
        Assert.Equal("helper ecr-login", CrioLookup.Find(read.File, "reg.example.com/team/app"));
    }

    [Fact]
    public void A_helper_of_a_file_decides_for_what_no_file_before_it_has()
    {
        (string, NodeAuthFileKind)[] files =
        [
            ("""{"auths":{"mirror.example.com":A,"*.example.com":A}}""", NodeAuthFileKind.Crio),
            (
                """{"auths":{"reg.example.com":{}},"credHelpers":{"reg.example.com":"ecr-login","mirror.example.com":"x"}}""",
                NodeAuthFileKind.Crio),
            ("""{"auths":{"reg.example.com":A}}""", NodeAuthFileKind.Kubelet),
        ];

        var read = Read(files);

        Assert.Equal(["-", " mirror.example.com a:a"], read.Found);
        Assert.Equal("helper ecr-login", CrioLookup.Find(read.File, "reg.example.com/team/app"));
        Assert.Equal("a:a|", CrioLookup.Find(read.File, "mirror.example.com/app"));
        Assert.Equal("", read.Warnings);
    }

    [Fact]
    public void A_helper_that_would_hide_the_credential_of_a_file_before_is_left_out_and_said()
    {
        (string, NodeAuthFileKind)[] files =
        [
            ("""{"auths":{"reg.example.com/team":A}}""", NodeAuthFileKind.Crio),
            ("""{"credHelpers":{"reg.example.com":"ecr-login"}}""", NodeAuthFileKind.Crio),
        ];

        var read = Read(files, "reg.example.com/team/app", "reg.example.com/other");

        Assert.Equal([" reg.example.com/team a:a", "-"], read.Found);
        Assert.Equal("a:a|", CrioLookup.Find(read.File, "reg.example.com/team/app"));
        Assert.Contains(
            $"{_directory}/1: the credential helper of reg.example.com is left out, as {_directory}/0 serves", read.Warnings,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// The kubelet brings what its file has for the image's own registry; a mirror's credential comes by the pull's file or not
    /// at all.
    /// </summary>
    [Theory]
    [InlineData("""{"auths":{"reg.example.com":A}}""", false)]
    [InlineData("""{"auths":{"mirror.example.com":A}}""", true)]
    public void CRI_O_does_not_read_the_file_of_the_kubelet(string json, bool needsFile) =>
        Assert.Equal(needsFile, Read([("{}", NodeAuthFileKind.Crio), (json, NodeAuthFileKind.Kubelet)]).NeedFile);

    [Fact]
    public void A_file_that_no_endpoint_needs_is_not_opened()
    {
        using var documents = new AuthDocuments("reg.example.com/app");
        Assert.Null(documents.Read($$$"""{"auths":{"reg.example.com":{{{A}}}}}"""));

        _ = NodeLogins.Read([new NodeAuthFile(_directory)], [], documents.Endpoints, documents.Warnings);

        Assert.Equal(0, documents.Warnings.Count); // a directory cannot be read
    }

    private (string[] Found, bool NeedFile, byte[] File, string Warnings) Read(
        (string Json, NodeAuthFileKind Kind)[] texts, params string[] repositories)
    {
        NodeAuthFile[] files = [.. texts.Select((text, i) =>
        {
            var path = $"{_directory}/{i}";
            File.WriteAllText(
                path,
                text.Json.Replace(":A", $":{A}", StringComparison.Ordinal).Replace(":B", $":{B}", StringComparison.Ordinal));
            return new NodeAuthFile(path, text.Kind);
        })];
        using var documents = new AuthDocuments(
            repositories.Length > 0 ? repositories : ["reg.example.com/team/app", "mirror.example.com/app"]);
        var logins = NodeLogins.Read(files, "reg.example.com/team/app"u8, documents.Endpoints, documents.Warnings);
        using var content = new SecretBuffer();
        AuthFileContent.Write(documents.Endpoints, logins.Helpers, content);
        var needFile = Array.Exists(documents.Endpoints, e => e is { IsFound: true, IsFoundByCrio: false });
        return (documents.Found, needFile, content.WrittenSpan.ToArray(), documents.Warnings.ToString());
    }
}
