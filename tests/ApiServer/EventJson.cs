using System.Globalization;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Events as the API server keeps them and gives them back: members in its order, with what it adds (recorded).
/// </summary>
internal static class EventJson
{
    private const string ApiVersion = "events.k8s.io/v1";

    // The order of the Go types Event (k8s.io/api/events/v1) and ObjectReference.
    private static readonly string[] Members =
        ["eventTime", "series", "reportingController", "reportingInstance", "action", "reason", "regarding", "related", "note",
            "type"];

    private static readonly string[] Reference =
        ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];

    /// <summary>What is kept of an Event that was sent to be created.</summary>
    public static JsonObject Created(JsonObject sent, string manager, int resourceVersion) => Kept(
        sent, manager, resourceVersion, Guid.NewGuid().ToString(), ManagedFields.Time(DateTimeOffset.UtcNow));

    /// <summary>What is kept of an Event after a merge patch of its series.</summary>
    public static JsonObject Patched(JsonObject kept, JsonNode? series, string manager, int resourceVersion)
    {
        var changed = (JsonObject)kept.DeepClone();
        changed["series"] = series?.DeepClone();
        var metadata = kept["metadata"]!;
        return Kept(changed, manager, resourceVersion, (string)metadata["uid"]!, (string)metadata["creationTimestamp"]!);
    }

    private static JsonObject Kept(JsonObject @event, string manager, int resourceVersion, string uid, string created)
    {
        var members = Members.Where(name => @event[name] is not null).ToList();
        var kept = new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = ApiVersion,
            ["metadata"] = new JsonObject
            {
                ["name"] = @event["metadata"]!["name"]!.DeepClone(),
                ["namespace"] = @event["metadata"]!["namespace"]!.DeepClone(),
                ["uid"] = uid,
                ["resourceVersion"] = resourceVersion.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = created,
                ["managedFields"] = ManagedFields.By(manager, ApiVersion, DateTimeOffset.UtcNow, Fields(@event, members)),
            },
        };
        foreach (var name in members)
        {
            kept[name] = name is "regarding" or "related" ? InOrder(@event[name]!.AsObject()) : @event[name]!.DeepClone();
        }

        kept["deprecatedSource"] = new JsonObject();
        kept["deprecatedFirstTimestamp"] = null;
        kept["deprecatedLastTimestamp"] = null;
        return kept;
    }

    private static JsonObject Fields(JsonObject @event, List<string> members)
    {
        var fields = ManagedFields.Of(members);
        if (@event["series"] is JsonObject series)
        {
            fields["f:series"] = ManagedFields.Of(series.Select(member => member.Key), isWhole: true);
        }

        return fields;
    }

    private static JsonObject InOrder(JsonObject reference) => new(
        Reference.Where(reference.ContainsKey).Select(name => KeyValuePair.Create(name, reference[name]?.DeepClone())));
}
