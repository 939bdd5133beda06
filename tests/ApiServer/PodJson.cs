using System.Buffers;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>Writes pods in the manner of the recorded objects; not recorded, so synthesised from k8s.io/api/core/v1.</summary>
internal static class PodJson
{
    public static void Write(IBufferWriter<byte> output, Pod pod)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("kind"u8, "Pod"u8);
        json.WriteString("apiVersion"u8, "v1"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, pod.Name);
        json.WriteString("namespace"u8, pod.Namespace);
        json.WriteString("uid"u8, pod.Uid);
        json.WriteString("resourceVersion"u8, "512"u8);
        json.WriteString("creationTimestamp"u8, "2026-11-23T02:00:40Z"u8);
        // A tenant's own text, which must not pass for the fields beside it.
        json.WriteStartObject("annotations"u8);
        json.WriteString("example.com/note"u8, """{"spec":{"nodeName":"other","imagePullSecrets":[{"name":"other"}]}}"""u8);
        json.WriteString("uid"u8, "other"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteSpec(json, pod);
        json.WriteStartObject("status"u8);
        json.WriteString("phase"u8, "Pending"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSpec(Utf8JsonWriter json, Pod pod)
    {
        json.WriteStartObject("spec"u8);
        json.WriteStartArray("containers"u8);
        json.WriteStartObject();
        json.WriteString("name"u8, "app"u8);
        json.WriteString("image"u8, "registry.invalid/app:1"u8);
        json.WriteString("imagePullPolicy"u8, "Always"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("serviceAccountName"u8, "puller"u8);
        if (pod.Node.Length > 0)
        {
            json.WriteString("nodeName"u8, pod.Node);
        }

        if (pod.ImagePullSecrets.Count > 0)
        {
            json.WriteStartArray("imagePullSecrets"u8);
            foreach (var name in pod.ImagePullSecrets)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
