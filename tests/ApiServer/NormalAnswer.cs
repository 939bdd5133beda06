using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// What a kube-apiserver in good order answers: authentication, then authorization, then the object store, with the texts of the
/// recorded answers.
/// </summary>
internal sealed partial class NormalAnswer(Cluster cluster)
{
    private const string Anonymous = "system:anonymous";

    private readonly NodeAuthorizer _nodes = new(cluster);

    /// <summary>
    /// The user behind the credentials: a bearer token goes before a client certificate. Null: the token is not taken.
    /// </summary>
    public string? Authenticate(string? authorization, string? certificateName) => authorization switch
    {
        null => certificateName ?? Anonymous,
        _ when authorization.StartsWith("Bearer ", StringComparison.Ordinal) =>
            cluster.Tokens.Verify(authorization[7..])?.ToString(),
        _ => null,
    };

    public Task AnswerAsync(Exchange exchange)
    {
        var request = exchange.Request;
        if (request.User is not { } user)
        {
            return SendStatusAsync(
                exchange, 401, "Unauthorized", "Unauthorized", head: new ResponseHead(401, HasFlowSchema: false));
        }

        if (request.Path is "/readyz" or "/livez" or "/healthz")
        {
            return Respond.Recorded("readyz")(exchange);
        }

        if (request.Path == ReviewPath && request.Method == "POST" && user != Anonymous)
        {
            return ReviewAccessAsync(exchange, user);
        }

        if (request.Path == ReviewOfOthersPath && request.Method == "POST" && NodeAuthorizer.NodeOf(user) is not null)
        {
            return ReviewAccessOfOtherAsync(exchange);
        }

        var path = ResourcePath().Match(request.Path);
        if (!path.Success)
        {
            return request.Path == "/version"
                ? Respond.Recorded("version")(exchange)
                : ForbidAsync(
                    exchange, $"User \\\"{user}\\\" cannot {request.Method.ToLowerInvariant()} path \\\"{request.Path}\\\"");
        }

        var (@namespace, resource, name) = (path.Groups["ns"].Value, path.Groups["resource"].Value, path.Groups["name"].Value);
        var verb = VerbOf(request, name);
        var group = path.Groups["group"].Value;
        if (Refuse(user, verb, @namespace, resource, name) is { } why)
        {
            return ForbidAsync(exchange,
                $"User \\\"{user}\\\" cannot {verb} resource \\\"{resource}\\\" in API group \\\"{group}\\\" in the namespace "
                    + $"\\\"{@namespace}\\\"{why}",
                resource, name);
        }

        return resource == "events" ? AnswerEventAsync(exchange, verb, @namespace, name)
            : resource == "pods" ? GetPodAsync(exchange, @namespace, name)
            : name.Length > 0 ? GetAsync(exchange, @namespace, name)
            : ListAsync(exchange, @namespace);
    }

    /// <summary>Null if the user may, or what the message of the 403 ends with.</summary>
    private string? Refuse(string user, string verb, string @namespace, string resource, string name)
    {
        if (NodeAuthorizer.NodeOf(user) is { } node)
        {
            var why = _nodes.Refuse(node, verb, @namespace, resource, name);
            return why is null or "" ? why : ": " + why;
        }

        return resource == "secrets" && cluster.IsAllowed(verb, @namespace, user, name) ? null : "";
    }

    private static string ManagerOf(ReceivedRequest request) =>
        // managedFields names who wrote by the first word of the User-Agent.
        request.Headers.GetValueOrDefault("User-Agent", "").Split('/')[0];

    private async Task GetPodAsync(Exchange exchange, string @namespace, string name)
    {
        var pod = cluster.Pods.Single(p => p.Namespace == @namespace && p.Name == name);
        var body = new BodyWriter(exchange, new ResponseHead(200), AcceptsGzip(exchange), isList: false);
        PodJson.Write(body.Output, pod);
        body.Output.Write("\n"u8);
        await body.CompleteAsync();
    }

    private async Task GetAsync(Exchange exchange, string @namespace, string name)
    {
        var secret = cluster.SecretsOf(@namespace, exchange.Request.IsFromCache).FirstOrDefault(s => s.Name == name);
        if (secret is null)
        {
            await SendStatusAsync(
                exchange, 404, $"secrets \\\"{name}\\\" not found", "NotFound", $$"""{"name":"{{name}}","kind":"secrets"}""");
            return;
        }

        var body = new BodyWriter(exchange, new ResponseHead(200), AcceptsGzip(exchange), isList: false);
        SecretJson.Write(body.Output, secret, @namespace, isListItem: false);
        body.Output.Write("\n"u8);
        await body.CompleteAsync();
    }

    private async Task ListAsync(Exchange exchange, string @namespace)
    {
        var query = ReceivedRequest.ParseQuery(exchange.Request.Query);
        var selector = FieldSelector.Parse(query.GetValueOrDefault("fieldSelector") ?? "");
        if (selector.UnknownLabel is { } label)
        {
            await SendStatusAsync(exchange, 400, $"field label not supported: {label}", "BadRequest");
            return;
        }

        if (query.TryGetValue("timeout", out var timeout) && !GoDuration().IsMatch(timeout))
        {
            // Not recorded: apiserver's request timeout filter refuses what time.ParseDuration does not take.
            await SendStatusAsync(exchange, 400, "invalid timeout specified in the request URL", "BadRequest");
            return;
        }

        if (!IsJsonAccepted(exchange.Request.Headers.GetValueOrDefault("Accept")))
        {
            await Respond.Recorded("list-not-acceptable-406")(exchange);
            return;
        }

        if (cluster.WatchCache.Refuses(isConsistent: !exchange.Request.IsFromCache))
        {
            await Respond.CacheUnready()(exchange);
            return;
        }

        var limit = int.Parse(query.GetValueOrDefault("limit") ?? "0", CultureInfo.InvariantCulture);
        var after = ContinueToken.Read(query.GetValueOrDefault("continue"));
        var matching = cluster.SecretsOf(@namespace, exchange.Request.IsFromCache)
            .Where(s => string.CompareOrdinal(s.Name, after) > 0 && selector.Matches(s, @namespace));
        await SendListAsync(exchange, @namespace, matching, limit);
    }

    private async Task SendListAsync(Exchange exchange, string @namespace, IEnumerable<Secret> secrets, int limit)
    {
        var proceed = "";
        if (limit > 0)
        {
            var page = secrets.Take(limit + 1).ToList();
            proceed = page.Count > limit
                ? $",\"continue\":\"{ContinueToken.Write(cluster.ResourceVersion, page[limit - 1].Name)}\""
                : "";
            secrets = page.Take(limit);
        }

        var body = new BodyWriter(exchange, new ResponseHead(200), AcceptsGzip(exchange), isList: true);
        Write(body.Output, string.Create(CultureInfo.InvariantCulture,
            $$$"""{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"{{{cluster.ResourceVersion}}}"{{{proceed}}}},"items":["""));
        var isFirst = true;
        foreach (var secret in secrets)
        {
            Write(body.Output, isFirst ? "" : ",");
            isFirst = false;
            SecretJson.Write(body.Output, secret, @namespace, isListItem: true);
            await body.FlushAsync();
        }

        Write(body.Output, "]}\n");
        await body.CompleteAsync();
    }

    private static Task ForbidAsync(Exchange exchange, string reason, string resource = "", string name = "")
    {
        var subject = (resource, name) switch
        {
            ("", _) => "forbidden: ",
            (_, "") => $"{resource} is forbidden: ",
            _ => $"{resource} \\\"{name}\\\" is forbidden: ",
        };
        var details = (resource, name) switch
        {
            ("", _) => "{}",
            (_, "") => $$"""{"kind":"{{resource}}"}""",
            _ => $$"""{"name":"{{name}}","kind":"{{resource}}"}""",
        };
        return SendStatusAsync(exchange, 403, subject + reason, "Forbidden", details);
    }

    /// <summary>A Status object. The texts are JSON already: quotes in them are escaped.</summary>
    private static Task SendStatusAsync(
        Exchange exchange, int code, string message, string reason, string? details = null, ResponseHead? head = null)
    {
        var body = new BodyWriter(exchange, head ?? new ResponseHead(code), acceptsGzip: false, isList: false);
        Write(body.Output, StatusJson(code, message, reason, details));
        return body.CompleteAsync();
    }

    internal static string StatusJson(int code, string message, string reason, string? details = null) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","""
        + (details is null ? "" : $"\"details\":{details},")
        + string.Create(CultureInfo.InvariantCulture, $"\"code\":{code}}}\n");

    private static string VerbOf(ReceivedRequest request, string name) => request.Method switch
    {
        "GET" when request.QueryValue("watch") is "1" or "true" => "watch",
        "GET" => name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name.Length > 0 ? "delete" : "deletecollection",
        var other => other.ToLowerInvariant(),
    };

    private static bool AcceptsGzip(Exchange exchange) =>
        exchange.Request.Headers.GetValueOrDefault("Accept-Encoding")?.Contains("gzip", StringComparison.Ordinal) == true;

    private static bool IsJsonAccepted(string? accept) => accept is null
        || accept.Contains("*/*", StringComparison.Ordinal) || accept.Contains("application/json", StringComparison.Ordinal);

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    [GeneratedRegex(
        "^(/api/v1|/apis/(?<group>events\\.k8s\\.io)/v1)/namespaces/(?<ns>[^/]+)/(?<resource>[^/]+)(/(?<name>[^/]+))?$")]
    private static partial Regex ResourcePath();

    [GeneratedRegex(@"^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$")]
    private static partial Regex GoDuration();
}
