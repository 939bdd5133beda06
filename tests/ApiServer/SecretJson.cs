using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>Writes Secrets in the member order and with the managedFields of the recorded answers.</summary>
internal static class SecretJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // base64's '+' stays itself, as in the recordings
        SkipValidation = true,
    };

    /// <summary>One object. Items of a list carry neither kind nor apiVersion (recorded).</summary>
    public static void Write(IBufferWriter<byte> output, Secret secret, string @namespace, bool isListItem)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        if (!isListItem)
        {
            json.WriteString("kind"u8, "Secret"u8);
            json.WriteString("apiVersion"u8, "v1"u8);
        }

        WriteMetadata(json, secret, @namespace);
        json.WriteStartObject("data"u8);
        foreach (var (key, value) in secret.Data.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            json.WriteBase64String(key, value);
        }

        json.WriteEndObject();
        json.WriteString("type"u8, secret.Type);
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, Secret secret, string @namespace)
    {
        var created = secret.Created.UtcDateTime.ToString(
            "yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, secret.Name);
        json.WriteString("namespace"u8, @namespace);
        json.WriteString("uid"u8, secret.Uid ?? UidOf(@namespace, secret.Name));
        json.WriteString("resourceVersion"u8, secret.ResourceVersion.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("creationTimestamp"u8, created);
        if (secret.Labels.Count > 0)
        {
            json.WriteStartObject("labels"u8);
            foreach (var (key, value) in secret.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        WriteManagedFields(json, secret, created);
        json.WriteEndObject();
    }

    private static void WriteManagedFields(Utf8JsonWriter json, Secret secret, string created)
    {
        json.WriteStartArray("managedFields"u8);
        json.WriteStartObject();
        json.WriteString("manager"u8, "kubectl-create"u8);
        json.WriteString("operation"u8, "Update"u8);
        json.WriteString("apiVersion"u8, "v1"u8);
        json.WriteString("time"u8, created);
        json.WriteString("fieldsType"u8, "FieldsV1"u8);
        json.WriteStartObject("fieldsV1"u8);
        WriteFieldSet(json, "f:data", secret.Data.Keys);
        if (secret.Labels.Count > 0)
        {
            json.WriteStartObject("f:metadata"u8);
            WriteFieldSet(json, "f:labels", secret.Labels.Keys);
            json.WriteEndObject();
        }

        WriteEmpty(json, "f:type");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteFieldSet(Utf8JsonWriter json, string name, IEnumerable<string> keys)
    {
        json.WriteStartObject(name);
        WriteEmpty(json, ".");
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            WriteEmpty(json, "f:" + key);
        }

        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }

    private static Guid UidOf(string @namespace, string name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{@namespace}/{name}")).AsSpan(0, 16));
}
