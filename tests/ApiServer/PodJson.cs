using System.Buffers;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Writes pods: the recorded one with another name, node and Secrets. What its tenant applied stays in its annotation, where a
/// nodeName and imagePullSecrets stand that must not pass for the pod's own.
/// </summary>
internal static class PodJson
{
    private static readonly byte[] Recorded = RenderedAnswer.Parse(Recordings.Bytes("pod-get-200")).Body;

    public static void Write(IBufferWriter<byte> output, Pod pod)
    {
        var json = JsonNode.Parse(Recorded)!;
        var metadata = json["metadata"]!;
        (metadata["name"], metadata["namespace"], metadata["uid"]) = (pod.Name, pod.Namespace, pod.Uid);
        var spec = json["spec"]!.AsObject();
        spec["nodeName"] = pod.Node;
        spec["imagePullSecrets"] = new JsonArray([.. pod.ImagePullSecrets.Select(name => new JsonObject { ["name"] = name })]);
        if (pod.Node.Length == 0)
        {
            spec.Remove("nodeName");
        }

        if (pod.ImagePullSecrets.Count == 0)
        {
            spec.Remove("imagePullSecrets");
        }

        RecordedJson.Write(output, json);
    }
}
