using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>Requests that are too long, too deep or no text, with the memory that they cost.</summary>
public sealed class RequestFaultTests
{
    private const string Head =
        "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",";
    private const string Image = "\"image\":\"registry.invalid/app\"";

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "deep", Encoding.UTF8.GetBytes($"{Head}{Image},\"later\":{new string('[', 100_000)}{new string(']', 100_000)}}}") },
        {
            "deep object",
            Encoding.UTF8.GetBytes(
                $"{Head}{Image},\"later\":{string.Concat(Enumerable.Repeat("{\"a\":", 50_000))}1{new string('}', 50_001)}")
        },
        { "NUL bytes", Encoding.UTF8.GetBytes($"{Head}\0{Image}}}") },
        { "NUL in the image", Encoding.UTF8.GetBytes($"{Head}\"image\":\"registry.invalid/app\\u0000\"}}") },
        { "nothing but NUL", new byte[100_000] },
        {
            "no UTF-8 in the image",
            [.. Encoding.UTF8.GetBytes($"{Head}\"image\":\"registry.invalid/"), 0xFF, 0xC0, 0xAF, .. "\"}"u8]
        },
        { "a lone surrogate", Encoding.UTF8.GetBytes($"{Head}\"image\":\"registry.invalid/\\ud800\"}}") },
        { "UTF-16", Encoding.Unicode.GetBytes($"{Head}{Image}}}") },
        { "a BOM", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Head}{Image}}}")] },
        { "twice", Encoding.UTF8.GetBytes($"{Head}{Image}}}{Head}{Image}}}") },
        { "no UTF-8 after the object", [.. Encoding.UTF8.GetBytes($"{Head}{Image}}}"), 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_request_that_is_broken_is_one_line_and_nothing_is_opened(string what, byte[] request)
    {
        await using var scene = await PullScene.StartAsync();

        var line = (await Plugin.RunAsync(scene.Arguments(), request)).Fails();

        Assert.True(
            line.StartsWith("standard input is not a request of the kubelet: ", StringComparison.Ordinal), $"{what}: {line}");
        Assert.InRange(line.Length, 1, 300);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Empty(scene.Node.AuthDirNames());
        Assert.False(Directory.Exists(scene.Node.LockDir));
    }

    [Fact]
    public async Task Of_a_field_given_twice_one_decides_and_the_answer_is_for_that()
    {
        // As encoding/json of the kubelet would write none, either is right, but image and answer must be the same one's.
        await using var scene = await PullScene.StartAsync();
        var request = Encoding.UTF8.GetBytes(
            $"{Head}\"image\":\"registry.invalid/first\",\"serviceAccountToken\":\"{scene.Token}\",{Image}}}");

        var answer = (await Plugin.RunAsync(scene.Arguments(), request)).Answers();

        var image = Assert.Single(answer.Auth).Key;
        Assert.Equal([Path.GetFileName(scene.AuthFilePathOf(image))], scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("annotations of 10 MB", "the request on standard input is longer than")]
    [InlineData("annotations of 1 MB", null)]
    [InlineData("token of 1 MB", "ServiceAccount token")]
    [InlineData("image of 1 MB", "standard input is not a request of the kubelet")]
    public async Task What_is_large_stays_within_the_memory_and_is_one_line(string what, string? said)
    {
        await using var scene = await PullScene.StartAsync();
        var request = new KubeletRequest(PullScene.Image, scene.Token);
        request = what switch
        {
            "annotations of 10 MB" => request with { Annotations = Large(10_000_000) },
            "annotations of 1 MB" => request with { Annotations = Large(1_000_000) },
            "token of 1 MB" => request with { Token = $"{scene.Token!.Split('.')[0]}.{new string('A', 1_000_000)}.AAAA" },
            _ => request with { Image = $"registry.invalid/{new string('a', 1_000_000)}" },
        };

        var run = await scene.MeasuredAsync(request, scene.Arguments());

        if (said is null)
        {
            run.Answers().ClaimsPrivate(PullScene.Image);
        }
        else
        {
            var line = run.Fails();
            Assert.Contains(said, line, StringComparison.Ordinal);
            Assert.InRange(line.Length, 1, 300);
            Assert.Empty(scene.Node.AuthDirNames());
        }
    }

    private static Dictionary<string, string> Large(int bytes) => new() { ["example.com/large"] = new string('x', bytes) };
}
