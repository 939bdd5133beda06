using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Lists that are heavy, and Secrets that are odd, cost neither memory nor the others.</summary>
public sealed class HeavyListTests
{
    private const int MaxPeakKilobytes = 64 * 1024;

    [Fact]
    public async Task Ten_thousand_Secrets_of_which_one_has_a_megabyte_fit_into_the_memory()
    {
        await using var scene = await PullScene.StartAsync();
        var heavy = Secret.OfDocument("heavy", Secret.DockerConfigJsonType, ".dockerconfigjson",
            """{"auths":{"other.example.com":{"auth":"b3RoZXI6eA=="}},"padding":"PAD"}""".Replace(
                "PAD", new string('x', 1_000_000), StringComparison.Ordinal));
        scene.Server.Cluster.SetSecrets(PullScene.Namespace,
        [
            .. new GeneratedSecrets(5_000), heavy,
            .. new GeneratedSecrets(5_000, "localhost:5000").Select(s => s with { Name = "t" + s.Name }),
        ]);

        // The second list is held back until the first one is read: what it took is then the peak.
        var peak = new TaskCompletionSource();
        var isAsked = new TaskCompletionSource();
        scene.Server.Script.When(r => r.QueryValue("fieldSelector") == "type=" + Secret.DockerCfgType, async exchange =>
        {
            isAsked.TrySetResult();
            await peak.Task.WaitAsync(exchange.Gone);
            await exchange.AnswerNormallyAsync();
        });
        var kilobytes = 0;
        var run = await Plugin.RunAsync(
            scene.Arguments(), new KubeletRequest(PullScene.Image, scene.Token).ToBytes(), whileRunning: async id =>
            {
                await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(60));
                kilobytes = await PeakMemory.OfIdleAsync(id);
                peak.SetResult();
            });

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "wanted", "wanted-password");
        Assert.InRange(kilobytes, 1, MaxPeakKilobytes);
    }

    public static TheoryData<string> Odd =>
        ["deep", "deep and broken", "twice", "bad UTF-8", "NUL", "raw NUL", "lone surrogate", "megabyte of keys"];

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task An_odd_document_costs_its_Secret_at_most(string name)
    {
        await using var scene = await PullScene.StartAsync();
        var odd = new Secret(
            "odd", Secret.DockerConfigJsonType, new Dictionary<string, byte[]> { [".dockerconfigjson"] = Document(name) });
        var good = Secret.DockerConfigJson("good", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password")));
        scene.Server.Cluster.SetSecrets(PullScene.Namespace, [odd, good]);

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Theory]
    [InlineData(61)]
    [InlineData(9_990)] // beside the levels around it, what Go's decoder takes
    public async Task Deep_managedFields_of_one_Secret_cost_nobody_anything(int levels)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Request(
            1, Respond.Body(List(("deep", "team-a", Nested("{\"f:a\":", "}", levels)), ("good", "team-a", "{}"))));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "good", "password-of-good");
    }

    [Fact]
    public async Task A_Secret_of_another_namespace_is_not_taken_whoever_sends_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.When(
            r => r.QueryValue("fieldSelector") == "type=" + Secret.DockerConfigJsonType,
            Respond.Body(List(("foreign", "team-b", "{}"))));

        var said = await scene.FindsNothingAsync();

        Assert.Contains("Secret foreign: metadata.namespace names another namespace", said, StringComparison.Ordinal);
    }

    private static byte[] Document(string name)
    {
        var others = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"\"r{i}.example.com/{new string('x', 30)}\":{{}},"));
        var text = name switch
        {
            "deep" =>
                """{"auths":{"a.example.com":{"x":DEEP}}}""".Replace("DEEP", Nested("[", "]", 20_000), StringComparison.Ordinal),
            "deep and broken" => "{\"auths\":" + new string('{', 500_000),
            "twice" => """{"auths":{"a.example.com":{"auth":"YTpi"},"a.example.com":{"auth":"YTpj"}},"auths":{},"auths":null}""",
            "bad UTF-8" => "{\"auths\":{\"a.example.com\u00ff\":{\"auth\":\"YTpi\"},\"\u00c0\u0080\":{}}}",
            "NUL" => """{"auths":{"localhost:5000\u0000.example.com":{"auth":"YTpi"},"a.example.com":{"auth":"AGE6YgA="}}}""",
            "raw NUL" => "{\"auths\":{\"a.example.com\0\":{\"auth\":\"YTpi\"}}}\0",
            "lone surrogate" => """{"auths":{"a.example.com\ud800":{"username":"\udfff","password":"\ud800"}}}""",
            _ => """{"auths":{OTHERS"z":{}}}""".Replace("OTHERS", others, StringComparison.Ordinal),
        };
        return Encoding.Latin1.GetBytes(text);
    }

    private static string Nested(string open, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));

    /// <summary>A list of Secrets for the mirror, each with a password of its name.</summary>
    private static byte[] List(params (string Name, string Namespace, string ManagedFields)[] secrets)
    {
        var items = secrets.Select(s =>
        {
            var document = """{"auths":{"localhost:5000":{"auth":"AUTH"}}}"""
                .Replace("AUTH", RegistryEntry.Encode(s.Name, "password-of-" + s.Name), StringComparison.Ordinal);
            // The deep one has nothing for us, so that the other one is what is found.
            var data = s.Name == "deep" ? "e30=" : Convert.ToBase64String(Encoding.UTF8.GetBytes(document));
            return """{"metadata":{"managedFields":[{"fieldsV1":FIELDS}],"name":"NAME","namespace":"SPACE"},"data":{".dockerconfigjson":"DATA"},"type":"kubernetes.io/dockerconfigjson"}"""
                .Replace("FIELDS", s.ManagedFields, StringComparison.Ordinal).Replace("NAME", s.Name, StringComparison.Ordinal)
                .Replace("SPACE", s.Namespace, StringComparison.Ordinal).Replace("DATA", data, StringComparison.Ordinal);
        });
        return Encoding.UTF8.GetBytes(
            $$"""{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[{{string.Join(',', items)}}]}""");
    }
}
