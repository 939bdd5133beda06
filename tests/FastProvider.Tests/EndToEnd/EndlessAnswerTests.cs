using System.Globalization;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// The right server sends without an end, in each way to the Secrets and at each place of an answer. The run ends by itself, says
/// why, leaves no auth file, and never holds more than 64 MB.
/// </summary>
public sealed class EndlessAnswerTests
{
    private const string Late = "it did not come to an end in time";
    private const string LongHeader = "its header is longer than 16384 bytes";
    private const string LongValue = "a value longer than 4194304 bytes", LongObject = "an object longer than 4194304 bytes";

    /// <summary>The way, what never ends, and what the line says of it.</summary>
    public static TheoryData<string, string, string> Endless
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var way in (string[])["namespace", "annotation", "pod"])
            {
                foreach (var place in (string[])["header", "headers", "status line", "chunk extension", "chunk size", "trailer"])
                {
                    data.Add(way, place, LongHeader);
                }

                data.Add(way, "interim answers", "not HTTP/1.1");
                data.Add(way, "words of a refusal", "(403 Forbidden)");
                foreach (var place in (string[])["name", "value", "other value", "number", "document"])
                {
                    data.Add(way, place, way is "namespace" ? LongValue : LongObject);
                }

                // A list is read as it comes, an object whole.
                foreach (var place in (string[])["white space", "other members"])
                {
                    data.Add(way, place, way is "namespace" ? Late : LongObject);
                }

                data.Add(way, "depth", way is "namespace" ? "something other than a whole SecretList" : LongObject);
            }

            data.Add("namespace", "Secrets", Late);
            data.Add("namespace", "broken Secrets", Late);
            data.Add("pod", "imagePullSecrets", LongObject);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task What_never_ends_is_left_within_time_and_memory(string way, string place, string said)
    {
        await using var scene = await StartAsync();
        // Where a bound of another kind is to end the run, time must not come first, however busy the machine is.
        scene.Timeout = said is Late ? "2s" : "30s";
        scene.Server.Script.Always(Answer(way, place));

        var (line, peakKilobytes) = await FailAsync(scene, way);
        if (said is Late && line.Contains("it did not answer in time", StringComparison.Ordinal))
        {
            // The machine was so busy that not even the head of the answer had come; with more time it does.
            scene.Timeout = "20s";
            (line, peakKilobytes) = await FailAsync(scene, way);
        }

        // A machine that is busy enough is slower than the server, and the line says so.
        Assert.True(line.Contains(said, StringComparison.Ordinal)
            || (said is Late && line.Contains("this node is too slow", StringComparison.Ordinal)), line);
        Assert.InRange(peakKilobytes, 1, 64 * 1024);
    }

    /// <summary>Not a byte too many, but never the last one.</summary>
    [Theory]
    [InlineData("namespace")]
    [InlineData("annotation")]
    [InlineData("pod")]
    public async Task A_byte_at_a_time_ends_with_the_timeout_in_each_way(string way)
    {
        await using var scene = await StartAsync();
        scene.Timeout = "1s";
        scene.Server.Script.Always(Respond.Trickled(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"kind\"",
            new string(' ', 800), TimeSpan.FromMilliseconds(300)));

        var (line, _) = await FailAsync(scene, way);

        Assert.Contains("in time", line, StringComparison.Ordinal);
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Server.Cluster.AllowGet(PullScene.Namespace, PullScene.ServiceAccount, "mirror-creds")
            .SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "mirror-creds"));
        return scene;
    }

    /// <summary>
    /// A run that must fail over the auth file of an earlier one, and the most memory that it was seen to hold.
    /// </summary>
    private static async Task<(string Line, int PeakKilobytes)> FailAsync(PullScene scene, string way)
    {
        await File.WriteAllTextAsync(scene.AuthFilePath, "{}");
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = way is "annotation"
                ? new Dictionary<string, string> { ["fast-provider/secrets"] = "mirror-creds" }
                : [],
        };
        var peak = 0;
        var run = await Plugin.RunAsync(
            scene.Arguments("--secrets", way, "--slot-wait", "0"), request.ToBytes(), whileRunning: async id =>
            {
                for (var now = PeakKilobytes(id); now > 0; now = PeakKilobytes(id))
                {
                    peak = now;
                    await Task.Delay(5);
                }
            });

        scene.RevealsNothing(run.Stderr);
        var line = run.Fails();
        Assert.Empty(scene.Node.AuthDirNames());
        return (line, peak);
    }

    /// <summary>The high-water mark of a process; 0 once it has ended.</summary>
    private static int PeakKilobytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static Answer Answer(string way, string place)
    {
        const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        const string Chunked = Ok + "Transfer-Encoding: chunked\r\n\r\n";
        var filler = new string('a', 0x10000);
        return place switch
        {
            "header" => Respond.Repeated(Ok + "X-Padding: ", filler),
            "headers" => Respond.Repeated(Ok, string.Concat(Enumerable.Repeat("X-Padding: a\r\n", 4096))),
            "status line" => Respond.Repeated("HTTP/1.1 200 ", filler),
            "interim answers" => Respond.Repeated("", string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 4096))),
            "words of a refusal" => Respond.Repeated(
                "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n{\"kind\":\"Status\",\"message\":\"", filler),
            "chunk extension" => Respond.Repeated(Chunked + "1;", filler),
            "chunk size" => Respond.Repeated(Chunked, new string('0', 0x10000)),
            "trailer" => Respond.Repeated(Chunked + "0\r\nX: ", filler),
            "white space" => Respond.EndlessBody("", " "),
            _ => Respond.EndlessBody(Before(way, place), Again(place)),
        };
    }

    /// <summary>What an answer of this way begins with, up to the place that never ends.</summary>
    private static string Before(string way, string place)
    {
        const string Metadata = "\"metadata\":{\"name\":\"mirror-creds\",\"namespace\":\"team-a\"";
        var start = way switch
        {
            "namespace" => """{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[{""",
            "annotation" => """{"kind":"Secret","apiVersion":"v1",""",
            _ => """{"kind":"Pod","apiVersion":"v1",""",
        };
        return place switch
        {
            "value" => start + "\"metadata\":{\"name\":\"",
            "name" => start + "\"",
            "number" => start + "\"x\":1",
            "other members" => start + "\"x\":1",
            "other value" => start + "\"x\":\"",
            "depth" => start + "\"x\":",
            "document" => start + Metadata + "},\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":\"",
            "imagePullSecrets" => start + "\"metadata\":{\"name\":\"p\"},\"spec\":{\"imagePullSecrets\":[{\"name\":\"a\"}",
            "Secrets" => start + Metadata + "}}",
            "broken Secrets" => start + Metadata + "}}",
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, "No such place."),
        };
    }

    private static string Again(string place) => place switch
    {
        "number" => "1",
        "other members" => ",\"x\":1",
        "depth" => "[",
        "imagePullSecrets" => ",{\"name\":\"a\"}",
        "Secrets" => """,{"metadata":{"name":"s","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"eyJhdXRocyI6e319"}}""",
        "broken Secrets" => """,{"metadata":{"name":"s","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"bm9uZQ=="}}""",
        _ => "a",
    };
}
