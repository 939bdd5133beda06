using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <content>
/// Events of events.k8s.io/v1, which may be created and patched. Not recorded: synthesised from the rules of
/// k8s.io/kubernetes/pkg/apis/core/validation/events.go, and as strict with unknown fields as a client may ask the server to be.
/// </content>
internal sealed partial class NormalAnswer
{
    private static readonly string[] EventFields =
    [
        "kind", "apiVersion", "metadata", "eventTime", "series", "reportingController", "reportingInstance", "action", "reason", "regarding",
        "related", "note", "type",
    ];

    private Task AnswerEventAsync(Exchange exchange, string verb, string @namespace, string name)
    {
        JsonObject? sent;
        try
        {
            sent = JsonNode.Parse(exchange.Request.Body) as JsonObject;
        }
        catch (JsonException)
        {
            sent = null;
        }

        return sent is null ? SendStatusAsync(exchange, 400, "the object provided is unrecognized", "BadRequest")
            : verb == "create" ? CreateEventAsync(exchange, @namespace, sent)
            : PatchEventAsync(exchange, @namespace, name, sent);
    }

    private Task CreateEventAsync(Exchange exchange, string @namespace, JsonObject sent)
    {
        var name = (string?)sent["metadata"]?["name"] ?? "";
        if (Fault(sent, @namespace) is { } fault)
        {
            return InvalidAsync(exchange, name, fault);
        }

        return cluster.AddEvent(@namespace, name, sent)
            ? SendEventAsync(exchange, 201, sent)
            : SendStatusAsync(exchange, 409, $"events.events.k8s.io \\\"{name}\\\" already exists", "AlreadyExists",
                $$"""{"name":"{{name}}","group":"events.k8s.io","kind":"events"}""");
    }

    private Task PatchEventAsync(Exchange exchange, string @namespace, string name, JsonObject patch)
    {
        if (cluster.FindEvent(@namespace, name) is not { } known)
        {
            return SendStatusAsync(exchange, 404, $"events.events.k8s.io \\\"{name}\\\" not found", "NotFound",
                $$"""{"name":"{{name}}","group":"events.k8s.io","kind":"events"}""");
        }

        if (exchange.Request.Headers.GetValueOrDefault("Content-Type") != "application/merge-patch+json")
        {
            return SendStatusAsync(exchange, 415, "the body of the request was in an unknown format", "UnsupportedMediaType");
        }

        if (patch.Any(member => member.Key != "series"))
        {
            return InvalidAsync(exchange, name, "field is immutable");
        }

        var patched = (JsonObject)known.DeepClone();
        patched["series"] = patch["series"]?.DeepClone();
        if (Fault(patched, @namespace) is { } fault)
        {
            return InvalidAsync(exchange, name, fault);
        }

        cluster.ReplaceEvent(@namespace, name, patched);
        return SendEventAsync(exchange, 200, patched);
    }

    private static string? Fault(JsonObject sent, string @namespace)
    {
        string Text(string field) => sent[field]?.GetValue<string>() ?? "";
        var regarding = sent["regarding"];
        return sent.Select(member => member.Key).Except(EventFields).FirstOrDefault() is { } unknown ? $"unknown field {unknown}"
            : (string?)sent["kind"] != "Event" || (string?)sent["apiVersion"] != "events.k8s.io/v1" ? "kind or apiVersion"
            : (string?)sent["metadata"]?["namespace"] != @namespace || (string?)regarding?["namespace"] != @namespace ? "does not match the namespace"
            : !IsMicroTime(Text("eventTime")) ? "eventTime"
            : Text("reportingController").Length == 0 ? "reportingController"
            : Text("reportingInstance").Length is 0 or > 128 ? "reportingInstance"
            : Text("action").Length is 0 or > 128 ? "action"
            : Text("reason").Length is 0 or > 128 ? "reason"
            : Encoding.UTF8.GetByteCount(Text("note")) > 1024 ? "note"
            : Text("type") is not ("Normal" or "Warning") ? "type"
            : sent["series"] is { } series && (series["count"]?.GetValue<int>() < 2 || !IsMicroTime((string?)series["lastObservedTime"] ?? "")) ? "series"
            : null;
    }

    /// <summary>metav1.MicroTime: always six digits of a second.</summary>
    private static bool IsMicroTime(string text) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static Task InvalidAsync(Exchange exchange, string name, string fault) =>
        SendStatusAsync(exchange, 422, $"Event.events.k8s.io \\\"{name}\\\" is invalid: {fault}", "Invalid");

    private static async Task SendEventAsync(Exchange exchange, int status, JsonObject @event)
    {
        var body = new BodyWriter(exchange, new ResponseHead(status), acceptsGzip: false);
        body.Output.Write(JsonSerializer.SerializeToUtf8Bytes(@event));
        body.Output.Write("\n"u8);
        await body.CompleteAsync();
    }
}
