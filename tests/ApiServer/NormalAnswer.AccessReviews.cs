using System.Buffers;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <content>
/// SelfSubjectAccessReview: may I? Anybody who is somebody may ask (recorded for a node and an audience). SubjectAccessReview:
/// may he? Nodes may ask that (the rules of system:node); its answer is made after the recorded one.
/// </content>
internal sealed partial class NormalAnswer
{
    private const string ReviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        ReviewOfOthersPath = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    // The order of the Go type ResourceAttributes.
    private static readonly string[] ResourceAttributes =
        ["namespace", "verb", "group", "version", "resource", "subresource", "name"];

    private async Task ReviewAccessAsync(Exchange exchange, string user)
    {
        var wanted = JsonNode.Parse(exchange.Request.Body)!["spec"]!["resourceAttributes"]!.AsObject();
        var isAllowed = NodeAuthorizer.NodeOf(user) is not null
            && (string?)wanted["verb"] == "request-serviceaccounts-token-audience"
            && cluster.IsAudienceForNodes((string?)wanted["resource"] ?? "");
        var names = ResourceAttributes.Where(wanted.ContainsKey).ToList();
        var attributes = new JsonObject(names.Select(name => KeyValuePair.Create(name, wanted[name]?.DeepClone())));
        var written = new JsonObject
        {
            ["f:spec"] = new JsonObject { ["f:resourceAttributes"] = ManagedFields.Of(names, isWhole: true) },
        };
        var review = new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["managedFields"] = ManagedFields.By(
                    ManagerOf(exchange.Request), "authorization.k8s.io/v1", DateTimeOffset.UtcNow, written),
            },
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
            ["status"] = isAllowed
                ? new JsonObject
                {
                    ["allowed"] = true,
                    ["reason"] = "RBAC: allowed by ClusterRoleBinding \"mirror-credentials-audience\""
                        + " of ClusterRole \"mirror-credentials-audience\" to Group \"system:nodes\"",
                }
                : new JsonObject { ["allowed"] = false },
        };
        await SendObjectAsync(exchange, 201, review);
    }

    private async Task ReviewAccessOfOtherAsync(Exchange exchange)
    {
        var spec = JsonNode.Parse(exchange.Request.Body)!["spec"]!.AsObject();
        var wanted = spec["resourceAttributes"]!;
        var isAllowed = (string?)wanted["resource"] == "secrets" && cluster.IsAllowed(
            (string?)wanted["verb"] ?? "", (string?)wanted["namespace"] ?? "", (string?)spec["user"] ?? "",
            (string?)wanted["name"] ?? "");
        await SendObjectAsync(exchange, 201, new JsonObject
        {
            ["kind"] = "SubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = spec.DeepClone(),
            ["status"] = new JsonObject { ["allowed"] = isAllowed },
        });
    }

    /// <summary>One object, written at once.</summary>
    private static async Task SendObjectAsync(Exchange exchange, int status, JsonObject @object)
    {
        var body = new BodyWriter(exchange, new ResponseHead(status), acceptsGzip: false, isList: false);
        RecordedJson.Write(body.Output, @object);
        body.Output.Write("\n"u8);
        await body.CompleteAsync();
    }
}
