using System.Text;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>
/// The largest documents that are taken and the smallest that are not, by numbers of the tests' own, within the memory of a run.
/// </summary>
public sealed class SizeBoundTests
{
    private const string Data = "\"data\":{\".dockerconfigjson\":\"DATA\"},\"type\":\"kubernetes.io/dockerconfigjson\"";

    [Theory]
    [InlineData(2_097_152, null)]
    [InlineData(2_097_153, "the request on standard input is longer than 2097152 bytes")]
    public async Task A_request_of_2_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token).ToBytes();

        var run = await Plugin.RunAsync(scene.Arguments(), [.. request, .. Enumerable.Repeat((byte)' ', bytes - request.Length)]);

        Ends(scene, run, said);
    }

    [Theory]
    [InlineData(131_072, false)]
    [InlineData(131_073, true)]
    public async Task A_token_of_128_KiB(int bytes, bool isTooLong)
    {
        await using var scene = await PullScene.StartAsync();
        var parts = scene.Token!.Split('.');
        scene.Token = $"{parts[0]}.{new string('A', bytes - parts[0].Length - parts[2].Length - 2)}.{parts[2]}";

        var line = (await scene.PullAsync()).Fails();

        // The shorter one is looked into, and is none.
        Assert.Contains(
            isTooLong ? "it is 131073 bytes long, more than 131072" : "its payload is not", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4_194_304, null)]
    [InlineData(4_194_305, "an object longer than 4194304 bytes")]
    public async Task A_Secret_of_4_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.Body(Padded(
            $$"""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a","namespace":"team-a"},{{Data}},"x":"PAD"}""", bytes)));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "a" },
        };

        Ends(scene, await scene.MeasuredAsync(request, scene.Arguments("--secrets", "annotation")), said);
    }

    /// <summary>What a connection reads ahead counts, too, so the bound of a value is known to 64 KiB.</summary>
    [Theory]
    [InlineData(4_128_768, null)]
    [InlineData(4_259_840, "a value longer than 4194304 bytes")]
    public async Task A_value_of_a_list_of_4_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Request(1, Respond.Body(Padded(
            "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":["
            + $$"""{"metadata":{"name":"a","namespace":"team-a","x":"PAD"},{{Data}}}]}""", bytes)));

        Ends(scene, await scene.MeasuredAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments()), said);
    }

    [Theory]
    [InlineData(16_777_216, true)]
    [InlineData(16_777_217, false)]
    public async Task A_global_auth_file_of_16_MiB(int bytes, bool isTaken)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "localhost:5000/mirror", "other.example.com/mirror");
        await File.WriteAllBytesAsync(scene.Node.GlobalAuthFile, Padded(
            """{"auths":{"other.example.com/mirror/app":{"auth":"bm9kZTpub2RlLXBhc3N3b3Jk"}},"x":"PAD"}""", bytes));

        var run = await scene.MeasuredAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments());

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal(isTaken, EndToEnd.AuthFile.Read(scene.AuthFilePath).Auths.ContainsKey("other.example.com/mirror/app"));
        Assert.Equal(isTaken, !run.Stderr.Contains("it is too large", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(16_777_216, null)]
    [InlineData(16_777_217, "it is too large")]
    public async Task A_registries_conf_of_16_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var tables = await File.ReadAllTextAsync(scene.Node.RegistriesConf);
        scene.Node.Configure($"{tables}#{new string('x', bytes - tables.Length - 1)}");

        Ends(scene, await scene.MeasuredAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments()), said);
    }

    /// <summary>
    /// Most pieces take more memory than the text that they are. Whatever the file is made of, a run has 64 MB for it.
    /// </summary>
    [Theory]
    [InlineData("# x\n", null)]
    [InlineData("x: 1\n", "more values than any such file has")]
    [InlineData("- {a: 1}\n", "more values than any such file has")]
    [InlineData("- [1]\n", "more values than any such file has")]
    [InlineData("- &x 1\n", "more values than any such file has")]
    [InlineData("- \"x\"#\n", "found invalid comment")]
    public async Task A_kubeconfig_of_1_MiB(string piece, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var text = await File.ReadAllTextAsync(scene.Kubeconfig) + (piece.StartsWith('-') ? "\nx-other:\n" : "\n");
        scene.Kubeconfig = Path.Combine(scene.Node.Root, "large.conf");
        await File.WriteAllTextAsync(
            scene.Kubeconfig, text + string.Concat(Enumerable.Repeat(piece, (1_048_576 - text.Length) / piece.Length)));

        Ends(scene, await scene.MeasuredAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments()), said);
    }

    [Theory]
    [InlineData(1_048_576, null)]
    [InlineData(1_048_577, "it is too large")]
    public async Task A_kubeconfig_of_any_kind_has_1_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var text = await File.ReadAllTextAsync(scene.Kubeconfig) + "\n#";
        scene.Kubeconfig = Path.Combine(scene.Node.Root, "large.conf");
        await File.WriteAllTextAsync(scene.Kubeconfig, text.PadRight(bytes, 'x'));

        Ends(scene, await scene.MeasuredAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments()), said);
    }

    [Theory]
    [InlineData(4_194_304, null)]
    [InlineData(4_194_305, "it is too large")]
    public async Task A_file_of_CAs_of_4_MiB(int bytes, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var authority = Path.Combine(scene.Node.Root, "large.crt");
        await File.WriteAllTextAsync(authority, scene.Server.Certificates.AuthorityPem.PadRight(bytes, '\n'));

        Ends(
            scene,
            await scene.MeasuredAsync(
                new KubeletRequest(PullScene.Image, scene.Token),
                scene.Arguments("--api-server", scene.Server.Url, "--certificate-authority", authority)),
            said);
    }

    private static void Ends(PullScene scene, PluginRun run, string? said)
    {
        if (said is null)
        {
            run.Answers().ClaimsPrivate(PullScene.Image);
            EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        }
        else
        {
            Assert.Contains(said, run.Fails(), StringComparison.Ordinal);
            Assert.Empty(scene.Node.AuthDirNames());
        }
    }

    /// <summary>A document of so many bytes, with the mirror's credential in the place of DATA.</summary>
    private static byte[] Padded(string json, int bytes)
    {
        var auth = RegistryEntry.Encode("mirror", "mirror-password");
        var auths = Convert.ToBase64String(Encoding.UTF8.GetBytes(
            """{"auths":{"localhost:5000":{"auth":"AUTH"}}}""".Replace("AUTH", auth, StringComparison.Ordinal)));
        json = json.Replace("DATA", auths, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(
            json.Replace("PAD", new string('x', bytes - json.Length + "PAD".Length), StringComparison.Ordinal));
    }
}
