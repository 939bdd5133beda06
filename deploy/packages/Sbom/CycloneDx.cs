using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FastProvider.Sbom;

/// <summary>Writes a bill of materials of CycloneDX 1.6, without the serial number that would make each one different.</summary>
internal static class CycloneDx
{
    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="file">Where it goes.</param>
    /// <param name="version">The release's.</param>
    /// <param name="time">When it was made, as it is to say.</param>
    /// <param name="components">In the order that they are to have.</param>
    public static void Write(Stream file, string version, DateTimeOffset time, IReadOnlyList<Component> components)
    {
        var self = $"pkg:generic/fast-provider@{version}";
        using var json = new Utf8JsonWriter(file, Indented);
        json.WriteStartObject();
        json.WriteString("bomFormat", "CycloneDX");
        json.WriteString("specVersion", "1.6");
        json.WriteNumber("version", 1);
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteStartObject("component");
        WriteIdentity(json, "application", "fast-provider", version, self, "Apache-2.0");
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartArray("components");
        foreach (var component in components)
        {
            json.WriteStartObject();
            WriteIdentity(json, "library", component.Name, component.Version, component.Purl, component.License);
            WriteHash(json, component.Sha512);
            json.WriteStartArray("properties");
            json.WriteStartObject();
            json.WriteString("name", "fast-provider:role");
            json.WriteString("value", component.Role);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("dependencies");
        json.WriteStartObject();
        json.WriteString("ref", self);
        json.WriteStartArray("dependsOn");
        foreach (var component in components)
        {
            json.WriteStringValue(component.Purl);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, string type, string name, string version, string purl, string license)
    {
        json.WriteString("type", type);
        json.WriteString("bom-ref", purl);
        json.WriteString("name", name);
        json.WriteString("version", version);
        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteString("expression", license);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("purl", purl);
    }

    private static void WriteHash(Utf8JsonWriter json, string? sha512)
    {
        if (sha512 is null)
        {
            return;
        }

        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", "SHA-512");
        json.WriteString("content", sha512);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
