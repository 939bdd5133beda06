using System.Globalization;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <summary>What the API server keeps of who wrote which field of an object, as it was recorded.</summary>
internal static class ManagedFields
{
    /// <summary>The one entry of an object that one client has written.</summary>
    public static JsonArray By(string manager, string apiVersion, DateTimeOffset time, JsonObject fields) =>
    [
        new JsonObject
        {
            ["manager"] = manager,
            ["operation"] = "Update",
            ["apiVersion"] = apiVersion,
            ["time"] = Time(time),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields,
        },
    ];

    /// <summary>The fields of these names, sorted.</summary>
    /// <param name="names">The names.</param>
    /// <param name="isWhole">The object that has them was itself absent before.</param>
    public static JsonObject Of(IEnumerable<string> names, bool isWhole = false)
    {
        var fields = new JsonObject();
        if (isWhole)
        {
            fields["."] = new JsonObject();
        }

        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            fields["f:" + name] = new JsonObject();
        }

        return fields;
    }

    /// <summary>metav1.Time: whole seconds.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
