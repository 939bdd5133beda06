using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FastProvider.Secrets;

/// <summary>
/// Reads an auth document (dockerconfigjson, dockercfg, an auth file) for the endpoints of one pull.
/// Shapes: <c>{"auths":{KEY:ENTRY}}</c>, or for the legacy dockercfg the map alone; see containers-auth.json(5).
/// </summary>
internal sealed class AuthDocument(IReadOnlyList<EndpointCredential> endpoints, Warnings warnings) : IDisposable
{
    /// <summary>Go's decoder takes 10,000 levels; a document that any tool wrote has three.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private readonly AuthEntry _entry = new();

    /// <summary>Offers what a Secret holds to the endpoints.</summary>
    /// <param name="json">The decoded document.</param>
    /// <param name="isFlatMap">The legacy dockercfg form.</param>
    /// <param name="source">The Secret.</param>
    /// <returns>Null, or why the document cannot be used; no endpoint has taken anything from it then.</returns>
    public string? Read(ReadOnlySpan<byte> json, bool isFlatMap, in CredentialSource source)
    {
        var reader = new Utf8JsonReader(json, Options);
        if (Check(reader, isFlatMap) is { } fault)
        {
            return fault;
        }

        reader.Read();
        if (isFlatMap)
        {
            ReadMap(ref reader, source);
            return null;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isAuths = JsonName.Is(reader, "auths"u8);
            reader.Read();
            if (isAuths && reader.TokenType is JsonTokenType.StartObject)
            {
                ReadMap(ref reader, source);
            }
            else
            {
                reader.Skip();
            }
        }

        return null;
    }

    public void Dispose() => _entry.Dispose();

    /// <summary>
    /// The first of two readings: an endpoint must not take an entry of a document that turns out to be cut or wrong.
    /// </summary>
    /// <returns>Null, or what is wrong with the document.</returns>
    private static string? Check(Utf8JsonReader reader, bool isFlatMap)
    {
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return "is not a JSON object";
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isAuths = !isFlatMap && JsonName.Is(reader, "auths"u8);
                reader.Read();
                if (isAuths && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
                {
                    return "has auths that are not an object";
                }

                reader.Skip();
            }

            // Nothing may follow the object.
            reader.Read();
            return null;
        }
        catch (JsonException)
        {
            return "is not whole, valid JSON";
        }
    }

    private void ReadMap(ref Utf8JsonReader reader, in CredentialSource source)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = JsonName.Ascii(reader);
            var parsed = RegistryKey.Parse(key);
            reader.Read();
            var isRead = false;
            string? fault = null;
            var after = reader;
            foreach (var endpoint in endpoints)
            {
                if (!endpoint.WouldTake(source, key, parsed, out var rank))
                {
                    continue;
                }

                if (!isRead)
                {
                    fault = _entry.Read(ref after);
                    isRead = true;
                }

                if (fault is null)
                {
                    endpoint.Take(source, key, _entry, rank);
                }
                else
                {
                    endpoint.PassOver(source, key);
                }
            }

            if (fault is not null)
            {
                warnings.AddEntry(source, key, fault);
            }

            if (isRead)
            {
                reader = after;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
