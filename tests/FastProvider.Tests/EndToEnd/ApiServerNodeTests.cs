using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Our API server as a node sees it, and as those do who share a Secret, against the recordings.</summary>
public sealed class ApiServerNodeTests
{
    private const string Events = "/apis/events.k8s.io/v1/namespaces/rec/events";
    private const string Reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string Agent = "User-Agent: recorder/1.0\r\n";
    private const string Series = """{"series":{"count":2,"lastObservedTime":"2026-11-28T16:49:01.000000Z"}}""";

    [Theory]
    [InlineData("pod-get-200", "/api/v1/namespaces/rec/pods/web-0")]
    [InlineData("pod-get-403-missing", "/api/v1/namespaces/rec/pods/none")]
    [InlineData("pod-get-403-other-node", "/api/v1/namespaces/rec/pods/web-1")]
    [InlineData("node-secret-get-200", "/api/v1/namespaces/rec/secrets/mirror-creds")]
    [InlineData("node-secret-get-403-not-named", "/api/v1/namespaces/rec/secrets/other")]
    [InlineData("node-secret-get-404-named-missing", "/api/v1/namespaces/rec/secrets/gone")]
    [InlineData("node-secret-list-403", "/api/v1/namespaces/rec/secrets")]
    public async Task A_node_reads_what_was_recorded_to_the_byte(string recording, string path)
    {
        await using var server = await StartAsync();

        var answer = await AskAsNodeAsync(server, $"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(answer));
    }

    [Theory]
    [InlineData("event-post-201", Events, "web-0.recorded", "recorded", false)]
    [InlineData("event-post-409", Events, "web-0.recorded", "recorded", true)]
    [InlineData("event-post-422-note-too-long", Events, "web-0.bad", null, false)]
    [InlineData(
        "event-post-404-no-namespace", "/apis/events.k8s.io/v1/namespaces/no-such-namespace/events", "x.1", "recorded", false)]
    public async Task A_node_creates_an_Event_with_the_recorded_answer(
        string recording, string path, string name, string? note, bool isThere)
    {
        await using var server = await StartAsync();
        var create = Write("POST", path, "application/json", Event(path.Split('/')[5], name, note ?? new string('x', 1100)));
        if (isThere)
        {
            await AskAsNodeAsync(server, create);
        }

        var answer = await AskAsNodeAsync(server, create);

        Assert.Equal(RecordedAnswers.ComparableAsNew(Recordings.Bytes(recording)), RecordedAnswers.ComparableAsNew(answer));
    }

    [Theory]
    [InlineData(1024, "201 Created")]
    [InlineData(1025, "422 Unprocessable Entity")]
    public async Task A_note_has_1024_bytes_at_most(int bytes, string status)
    {
        await using var server = await StartAsync();

        var answer = await AskAsNodeAsync(
            server, Write("POST", Events, "application/json", Event("rec", "web-0.long", new string('x', bytes))));

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", System.Text.Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event-patch-200", "web-0.recorded")]
    [InlineData("event-patch-404", "web-0.none")]
    public async Task A_node_counts_an_Event_with_the_recorded_answer(string recording, string name)
    {
        await using var server = await StartAsync();
        await AskAsNodeAsync(server, Write("POST", Events, "application/json", Event("rec", "web-0.recorded", "recorded")));

        var answer = await AskAsNodeAsync(server, Write("PATCH", $"{Events}/{name}", "application/merge-patch+json", Series));

        Assert.Equal(RecordedAnswers.ComparableAsNew(Recordings.Bytes(recording)), RecordedAnswers.ComparableAsNew(answer));
    }

    [Theory]
    [InlineData("ssar-201-allowed", "https://kubernetes.default.svc.cluster.local")]
    [InlineData("ssar-201-denied", "https://other.example.com")]
    public async Task A_node_asks_what_it_may_with_the_recorded_answer(string recording, string audience)
    {
        await using var server = await StartAsync();
        server.Cluster.AllowNodesAudience("https://kubernetes.default.svc.cluster.local");

        var answer = await AskAsNodeAsync(server, Write("POST", Reviews, "application/json", $$$"""
            {"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",
            "spec":{"resourceAttributes":{"verb":"request-serviceaccounts-token-audience","resource":"{{{audience}}}"} } }
            """));

        Assert.Equal(RecordedAnswers.ComparableAsNew(Recordings.Bytes(recording)), RecordedAnswers.ComparableAsNew(answer));
    }

    [Theory]
    [InlineData("shared-secret-get-200-by-group", "rec", "cache-login")]
    [InlineData("shared-secret-get-403", "rec", "other")]
    [InlineData("shared-secret-get-403-other-namespace", "team-b", "cache-login")]
    public async Task A_Secret_that_is_shared_by_group_is_read_as_recorded(string recording, string @namespace, string name)
    {
        await using var server = await StartAsync();
        server.Cluster.AllowGetToGroup("platform", "rec", "cache-login").SetSecrets("platform",
        [
            Recorded("cache-login", "39a7094c-1fc4-49e8-acd7-197b4c24e0df", 46323, "2026-11-28T16:49:01Z", "platform", "p"),
            Recorded("other", "39a7094c-1fc4-49e8-acd7-197b4c24e0d0", 46324, "2026-11-28T16:49:01Z", "platform", "p"),
        ]);
        var token = server.Cluster.Tokens.Issue(@namespace, "puller");

        var answer = await RecordedAnswers.AskAsync(server,
            $"GET /api/v1/namespaces/platform/secrets/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");

        Assert.Equal(RecordedAnswers.Comparable(Recordings.Bytes(recording)), RecordedAnswers.Comparable(answer));
    }

    private static async Task<byte[]> AskAsNodeAsync(KubeApiServer server, string request)
    {
        using var node = server.Certificates.Node();
        return await RecordedAnswers.AskAsync(server, request, node);
    }

    private static async Task<KubeApiServer> StartAsync()
    {
        var server = await KubeApiServer.StartAsync();
        server.Cluster.ResourceVersion = 46317;
        server.Cluster
            .SetSecrets("rec",
            [
                Recorded(
                    "mirror-creds", "78f50a37-132b-426c-823b-4fbb650282ff", 46298, "2026-11-28T16:48:56Z", "mirror",
                    "mirrorpass"),
                Recorded("other", "78f50a37-132b-426c-823b-4fbb650282f0", 46299, "2026-11-28T16:48:56Z", "mirror", "mirrorpass"),
            ])
            .SetPod(new Pod("rec", "web-0", "node1", "mirror-creds", "gone") { Uid = "34bebae0-69bd-4814-8da0-85b5228285fc" })
            .SetPod(new Pod("rec", "web-1", "node2", "other"));
        return server;
    }

    private static Secret Recorded(string name, string uid, int resourceVersion, string created, string user, string password) =>
        (Secret.DockerConfigJson(name, ("localhost:5000", new RegistryEntry
        {
            Username = user, Password = password,
            Auth = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")),
        })) with { Uid = new Guid(uid), ResourceVersion = resourceVersion }).CreatedAt(created);

    private static string Write(string method, string path, string contentType, string body) =>
        $"{method} {path} HTTP/1.1\r\nHost: x\r\n{Agent}Content-Type: {contentType}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";

    private static string Event(string @namespace, string name, string note) => $$$"""
        {"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"{{{name}}}","namespace":"{{{@namespace}}}"},
        "eventTime":"2026-11-28T16:49:01.000000Z","reportingController":"fast-provider","reportingInstance":"node1","action":"Pulling",
        "reason":"MirrorCredentialsForbidden","regarding":{"kind":"Pod","namespace":"{{{@namespace}}}","name":"web-0",
        "uid":"34bebae0-69bd-4814-8da0-85b5228285fc","apiVersion":"v1"},"note":"{{{note}}}","type":"Warning"}
        """;
}
