using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace FastProvider.Commands.Explain;

/// <summary>
/// The auth file as it would be written, its credentials masked: <see cref="AuthFile.AuthFileContent"/> has the original.
/// </summary>
internal static class MaskedAuthFile
{
    private const string Mask = "***";

    /// <summary>On several lines.</summary>
    public static ReadOnlySpan<byte> Bytes(Explanation explanation)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            Write(json, explanation);
        }

        return bytes.WrittenSpan;
    }

    /// <summary>As a value of a document.</summary>
    public static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartObject();
        json.WriteStartObject("auths");
        var written = new Dictionary<string, string>();
        foreach (var endpoint in explanation.Endpoints!.All)
        {
            var name = Encoding.UTF8.GetString(endpoint.Repository.Name.Span);
            if (endpoint.IsFound && written.TryAdd(name, Mask))
            {
                json.WriteStartObject(name);
                json.WriteString("auth", Mask);
                if (!endpoint.IdentityToken.IsEmpty)
                {
                    json.WriteString("identitytoken", Mask);
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
        if (explanation.Helpers.Count > 0)
        {
            json.WriteStartObject("credHelpers");
            foreach (var helper in explanation.Helpers)
            {
                json.WriteString(Encoding.UTF8.GetString(helper.Host), Encoding.UTF8.GetString(helper.Helper));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
