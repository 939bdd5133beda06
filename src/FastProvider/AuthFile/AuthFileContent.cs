using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.AuthFile;

/// <summary>
/// The text of the auth file: one key for each endpoint that has a credential, its full rewritten repository name. CRI-O
/// looks for exactly that name first, so no other key can decide and no other registry's credential is in reach.
/// Shape: containers-auth.json(5); only <c>auth</c> and <c>identitytoken</c> are read from it.
/// </summary>
internal static class AuthFileContent
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Nothing of this is ever HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write(
        IReadOnlyList<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers, SecretBuffer content)
    {
        using var writer = new Utf8JsonWriter(content, Options);
        using var base64 = new SecretBuffer();
        writer.WriteStartObject();
        writer.WriteStartObject("auths"u8);
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[i];
            // Two mirrors may be rewritten to one name; the strict reader of the file wants each key once.
            if (!endpoint.IsFound || IsRepeated(endpoints, i))
            {
                continue;
            }

            writer.WriteStartObject(endpoint.Repository.Name.Span);
            writer.WriteString("auth"u8, Encode(endpoint.UserPassword, base64));
            if (!endpoint.IdentityToken.IsEmpty)
            {
                writer.WriteString("identitytoken"u8, endpoint.IdentityToken);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (helpers.Count > 0)
        {
            writer.WriteStartObject("credHelpers"u8);
            foreach (var helper in helpers)
            {
                writer.WriteString(helper.Host, helper.Helper);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private static bool IsRepeated(IReadOnlyList<EndpointCredential> endpoints, int index)
    {
        var name = endpoints[index].Repository.Name.Span;
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (endpoints[earlier].Repository.Name.Span.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> bytes, SecretBuffer base64)
    {
        base64.Clear();
        Base64.EncodeToUtf8(bytes, base64.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var length);
        base64.Advance(length);
        return base64.WrittenSpan;
    }
}
