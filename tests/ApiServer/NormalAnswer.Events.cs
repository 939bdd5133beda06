using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <content>
/// Events of events.k8s.io/v1, which may be created and patched (recorded). The faults beside a long note are not recorded: they
/// follow k8s.io/kubernetes/pkg/apis/core/validation/events.go, and unknown fields are refused as where strictness is asked for.
/// </content>
internal sealed partial class NormalAnswer
{
    private static readonly string[] EventFields =
    [
        "kind", "apiVersion", "metadata", "eventTime", "series", "reportingController", "reportingInstance", "action", "reason",
        "regarding", "related", "note", "type",
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
        if (sent.Select(member => member.Key).Except(EventFields).FirstOrDefault() is { } unknown)
        {
            return SendStatusAsync(exchange, 400, $"strict decoding error: unknown field \\\"{unknown}\\\"", "BadRequest");
        }

        if (!cluster.HasNamespace(@namespace))
        {
            return SendStatusAsync(exchange, 404, $"namespaces \\\"{@namespace}\\\" not found", "NotFound",
                $$"""{"name":"{{@namespace}}","kind":"namespaces"}""");
        }

        if (Fault(sent, @namespace) is { } fault)
        {
            return InvalidAsync(exchange, name, fault);
        }

        var kept = EventJson.Created(sent, ManagerOf(exchange.Request), cluster.ResourceVersion);
        return cluster.AddEvent(@namespace, name, kept)
            ? SendObjectAsync(exchange, 201, kept)
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

        if (patch.Select(member => member.Key).FirstOrDefault(field => field != "series") is { } immutable)
        {
            return InvalidAsync(exchange, name, (immutable, "field is immutable"));
        }

        var patched = EventJson.Patched(known, patch["series"], ManagerOf(exchange.Request), cluster.ResourceVersion);
        if (Fault(patched, @namespace) is { } fault)
        {
            return InvalidAsync(exchange, name, fault);
        }

        cluster.ReplaceEvent(@namespace, name, patched);
        return SendObjectAsync(exchange, 200, patched);
    }

    private static (string Field, string Why)? Fault(JsonObject sent, string @namespace)
    {
        string Text(string field) => sent[field]?.GetValue<string>() ?? "";
        var regarding = sent["regarding"];
        return (string?)sent["kind"] != "Event" || (string?)sent["apiVersion"] != "events.k8s.io/v1"
                ? ("apiVersion", "is not of this group")
            : (string?)sent["metadata"]?["namespace"] != @namespace ? ("metadata.namespace", "is another namespace")
            : (string?)regarding?["namespace"] != @namespace ? ("involvedObject.namespace", "does not match event.namespace")
            : !IsMicroTime(Text("eventTime")) ? ("eventTime", "Required value")
            : Text("reportingController").Length == 0 ? ("reportingController", "Required value")
            : Text("reportingInstance").Length is 0 or > 128 ? ("reportingInstance", "can have at most 128 characters")
            : Text("action").Length is 0 or > 128 ? ("action", "can have at most 128 characters")
            : Text("reason").Length is 0 or > 128 ? ("reason", "can have at most 128 characters")
            : Encoding.UTF8.GetByteCount(Text("note")) > 1024 ? ("message", "can have at most 1024 characters")
            : Text("type") is not ("Normal" or "Warning") ? ("type", "has invalid value")
            : sent["series"] is { } series
                && (series["count"]?.GetValue<int>() < 2 || !IsMicroTime((string?)series["lastObservedTime"] ?? ""))
                ? ("series", "should be at least 2, with a time")
            : null;
    }

    /// <summary>metav1.MicroTime: always six digits of a second.</summary>
    private static bool IsMicroTime(string text) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static Task InvalidAsync(Exchange exchange, string name, (string Field, string Why) fault)
    {
        var message = $"Invalid value: \\\"\\\": {fault.Why}";
        return SendStatusAsync(exchange, 422, $"Event \\\"{name}\\\" is invalid: {fault.Field}: {message}", "Invalid",
            $$"""{"name":"{{name}}","kind":"Event","causes":[{"reason":"FieldValueInvalid","message":"{{message}}","field":"{{fault.Field}}"}]}""");
    }
}
