using System.IO.Compression;
using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A server that is the right one and answers wrongly: the run ends with exit 1 and one line that names the cause, and takes the
/// auth file of an earlier run away. Where more tries cannot help, there is one, and no wait.
/// </summary>
public sealed class ServerFaultTests
{
    private const string EmptyList = """{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[]}""";

    public static TheoryData<string, string> Refused => new()
    {
        { "empty", "something other than a whole SecretList" },
        { "white space", "something other than a whole SecretList" },
        { "204", "status 204" },
        { "html", "something other than JSON" },
        { "html called JSON", "something other than a whole SecretList" },
        { "no type", "something other than JSON" },
        { "YAML type", "something other than JSON" },
        { "bomb", "a compressed body" },
        { "brotli", "a compressed body" },
        { "bomb called JSON", "something other than a whole SecretList" },
        { "cut short", "something other than a whole SecretList" },
        { "pods", "something other than a whole SecretList" },
        { "table", "something other than a whole SecretList" },
        { "list of anything", "something other than a whole SecretList" },
        { "another case", "something other than a whole SecretList" },
        { "array", "something other than a whole SecretList" },
        { "two documents", "something other than a whole SecretList" },
        { "byte order mark", "something other than a whole SecretList" },
        { "NUL", "something other than a whole SecretList" },
        { "NULs alone", "something other than a whole SecretList" },
        { "UTF-16", "something other than a whole SecretList" },
        { "too deep", "something other than a whole SecretList" },
        { "for ever continued", "something other than a whole SecretList" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_no_list_is_refused_at_the_first_try(string name, string expected)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Named(name));

        var line = await FailsOverAnEarlierFileAsync(scene);

        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{scene.Server.Port}", line, StringComparison.Ordinal);
        Assert.All(scene.Server.Requests.All, r => Assert.Equal(1, r.Attempt));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    [InlineData("\0")]
    [InlineData("HTTP/2 200\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    public async Task Bytes_that_cannot_become_HTTP_are_not_waited_for(string bytes)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.ThenSilence(Encoding.Latin1.GetBytes(bytes)));

        // Had it waited, it would say that there was no answer in time.
        Assert.Contains("not HTTP/1.1", await FailsOverAnEarlierFileAsync(scene), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 67\r\n\r\n", EmptyList)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "000000000000")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: value")]
    public async Task A_byte_a_second_ends_with_the_timeout_and_the_line_says_so(string first, string others)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "1s";
        scene.Server.Script.Always(Respond.Trickled(first, others, TimeSpan.FromSeconds(1)));

        var line = await FailsOverAnEarlierFileAsync(scene);

        Assert.Contains("in time", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{scene.Server.Port}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("closed after head")]
    [InlineData("cut")]
    [InlineData("cut chunked")]
    public async Task A_body_that_breaks_off_each_time_is_called_so(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Named(name));

        var line = await FailsOverAnEarlierFileAsync(scene);

        // Which of them depends on what the two ends have sent when it ends; on a slow machine it may be the first try's time.
        Assert.True(
            line.Contains("cut off", StringComparison.Ordinal) || line.Contains("closed the connection", StringComparison.Ordinal)
                || line.Contains("reset by peer", StringComparison.Ordinal) || line.Contains("in time", StringComparison.Ordinal),
            line);
        Assert.Contains($"127.0.0.1:{scene.Server.Port}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "https://127.0.0.1:PORT/api/v1/namespaces/team-a/secrets")]
    [InlineData(303, "http://127.0.0.1:PORT/")]
    [InlineData(308, "//127.0.0.1:PORT/api/v1/namespaces/team-a/secrets")]
    [InlineData(308, "/api/v1/namespaces/team-b/secrets")]
    [InlineData(300, "https://127.0.0.1:PORT/")]
    public async Task A_redirect_is_called_one_and_nobody_else_hears_anything(int status, string location)
    {
        await using var scene = await PullScene.StartAsync();
        await using var elsewhere = RawServer.Start();
        scene.Server.Script.Always(
            Respond.Redirect(status, location.Replace("PORT", $"{elsewhere.Port}", StringComparison.Ordinal)));

        var line = await FailsOverAnEarlierFileAsync(scene);

        Assert.Contains($"redirect (status {status})", line, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Heard);
        Assert.All(scene.Server.Requests.All, r => Assert.Equal(("/api/v1/namespaces/team-a/secrets", 1), (r.Path, r.Attempt)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Fri, 31 Dec 2027 23:59:59 GMT")]
    public async Task A_time_to_wait_that_is_none_does_not_make_a_storm(string retryAfter)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "4s";
        scene.Server.Script.Always(Respond.TooManyRequests(retryAfter));

        Assert.Contains("429", await FailsOverAnEarlierFileAsync(scene), StringComparison.Ordinal);

        // Waits of 0.1, 0.2, 0.4, 0.8, 1.6, 2 and 2 s, each at least half as long: a slow machine makes them fewer, nothing more.
        Assert.InRange(scene.Server.Requests.All.Max(r => r.Attempt), 1, 8);
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999999")]
    public async Task A_time_to_wait_beyond_all_bounds_is_no_time_to_try_again(string retryAfter)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.TooManyRequests(retryAfter));

        Assert.Contains("429", await FailsOverAnEarlierFileAsync(scene), StringComparison.Ordinal);

        Assert.All(scene.Server.Requests.All, r => Assert.Equal(1, r.Attempt));
    }

    private static async Task<string> FailsOverAnEarlierFileAsync(PullScene scene)
    {
        await File.WriteAllTextAsync(scene.AuthFilePath, "{}");
        return await scene.FailsAsync("--slot-wait", "0");
    }

    private static Answer Named(string name) => name switch
    {
        "empty" => Respond.Body([]),
        "white space" => Json(" \r\n\t "),
        "204" => Respond.Verbatim("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray()),
        "html" => Respond.Html(),
        "html called JSON" => Json("<!doctype html><html><body><h1>It works!</h1></body></html>"),
        "no type" => Respond.Body(Encoding.UTF8.GetBytes(EmptyList), ""),
        "YAML type" => Respond.Body(Encoding.UTF8.GetBytes(EmptyList), "Content-Type: application/yaml\r\n"),
        "bomb" => Respond.Body(Bomb.Value, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"),
        "brotli" =>
            Respond.Body(Bomb.Value, "Content-Encoding: br\r\nContent-Type: application/json\r\nContent-Encoding: identity\r\n"),
        "bomb called JSON" => Respond.Body(Bomb.Value),
        "cut short" => Json("""{"kind":"SecretList","items":[{"metadata":{"name":"s"},"data":{".dockercon"""),
        "pods" => Json("""{"kind":"PodList","apiVersion":"v1","items":[]}"""),
        "table" => Json("""{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[]}"""),
        "list of anything" => Json("""{"kind":"List","apiVersion":"v1","items":[]}"""),
        "another case" => Json(EmptyList.Replace("SecretList", "secretlist", StringComparison.Ordinal)),
        "array" => Json($"[{EmptyList}]"),
        "two documents" => Json(EmptyList + EmptyList),
        "byte order mark" => Json("\uFEFF" + EmptyList),
        "NUL" => Json(EmptyList + "\0"),
        "NULs alone" => Respond.Body(new byte[100_000]),
        "UTF-16" => Respond.Body(Encoding.Unicode.GetBytes(EmptyList)),
        "too deep" => Json("""{"kind":"SecretList","x":""" + new string('[', 1_000_000)),
        "for ever continued" =>
            Json(EmptyList.Replace("\"metadata\":{}", "\"metadata\":{\"continue\":\"again\"}", StringComparison.Ordinal)),
        "cut" => Respond.CutAt(0.5, isChunked: false),
        "closed after head" => Respond.ClosedAfterHead(),
        "cut chunked" => Respond.CutAt(0.5, isChunked: true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such fault."),
    };

    private static Answer Json(string text) => Respond.Body(Encoding.UTF8.GetBytes(text));

    /// <summary>A list in 50 MB of white space; compressed, some 50 KB.</summary>
    private static readonly Lazy<byte[]> Bomb = new(() =>
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(EmptyList));
            var spaces = new byte[1024 * 1024];
            Array.Fill(spaces, (byte)' ');
            for (var i = 0; i < 50; i++)
            {
                gzip.Write(spaces);
            }
        }

        return compressed.ToArray();
    });
}
