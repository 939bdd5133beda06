using System;
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FastProvider.Commands.Explain;

/// <summary>The auth file as it would be written, its credentials masked: <see cref="AuthFile.AuthFileContent"/> has the original.</summary>
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
        var endpoints = explanation.Endpoints!.All;
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (endpoints[i].IsFound && IsFirst(explanation, i))
            {
                json.WriteStartObject(endpoints[i].Repository.Name.Span);
                json.WriteString("auth", Mask);
                if (!endpoints[i].IdentityToken.IsEmpty)
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

    private static bool IsFirst(Explanation explanation, int index)
    {
        var endpoints = explanation.Endpoints!.All;
        for (var i = 0; i < index; i++)
        {
            if (endpoints[i].Repository.Name.Span.SequenceEqual(endpoints[index].Repository.Name.Span))
            {
                return false;
            }
        }

        return true;
    }
}
