using System;
using System.Text;
using System.Text.Json;
using FastProvider.Mirrors;
using FastProvider.Native;

namespace FastProvider.Request;

/// <summary>
/// What the kubelet asks: credentials for one image, for the pod whose ServiceAccount token is in hand.
/// Shape: <c>CredentialProviderRequest</c> of <c>credentialprovider.kubelet.k8s.io/v1</c>
/// (k8s.io/kubelet/pkg/apis/credentialprovider/v1/types.go).
/// </summary>
internal readonly struct CredentialProviderRequest
{
    private static ReadOnlySpan<byte> Kind => "CredentialProviderRequest"u8;

    private static ReadOnlySpan<byte> ApiVersion => "credentialprovider.kubelet.k8s.io/v1"u8;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <summary>The normalised repository name, UTF-8: registry host, port if any, path; never a tag or digest.</summary>
    public ReadOnlyMemory<byte> Image { get; private init; }

    /// <summary>The ServiceAccount token of the pulling pod; empty for a static pod.</summary>
    public ReadOnlyMemory<byte> Token { get; private init; }

    /// <summary>Reads one request. Unknown fields are skipped: a newer kubelet may send more than we know.</summary>
    /// <param name="json">The whole of standard input. Zero it when the run ends: it holds the token.</param>
    /// <param name="values">Where the decoded strings are kept; the result points into it.</param>
    /// <param name="request">The request; its image is a valid repository name.</param>
    public static Failure? Read(ReadOnlySpan<byte> json, SecretBuffer values, out CredentialProviderRequest request)
    {
        request = default;
        // The result points into this memory, so it must not move while it is filled: no value is longer than the document.
        values.Reserve(json.Length);
        var reader = new Utf8JsonReader(json, Options);
        string? kind = null, apiVersion = null;
        ReadOnlyMemory<byte> image = default, token = default;
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return NotARequest("it is not a JSON object");
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                {
                    reader.Read();
                    kind = Constant(ref reader, Kind);
                }
                else if (reader.ValueTextEquals("apiVersion"u8))
                {
                    reader.Read();
                    apiVersion = Constant(ref reader, ApiVersion);
                }
                else if (reader.ValueTextEquals("image"u8))
                {
                    reader.Read();
                    image = values.CopyString(ref reader);
                }
                else if (reader.ValueTextEquals("serviceAccountToken"u8))
                {
                    reader.Read();
                    token = values.CopyString(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            // Reading past the object makes the reader refuse whatever follows it.
            reader.Read();
        }
        catch (JsonException broken)
        {
            return NotARequest($"its JSON breaks off or is wrong at byte {Position(broken)}");
        }
        catch (InvalidOperationException)
        {
            return NotARequest("a field is not the string it should be");
        }

        if (kind is not "")
        {
            return NotARequest($"its kind is {kind ?? "missing"}, not CredentialProviderRequest");
        }

        if (apiVersion is not "")
        {
            return NotARequest($"its apiVersion is {apiVersion ?? "missing"}; only credentialprovider.kubelet.k8s.io/v1 carries a"
                + " ServiceAccount token: set that apiVersion for this provider in the kubelet's CredentialProviderConfig");
        }

        if (!ReferenceName.IsNormalizable(image.Span))
        {
            return NotARequest(image.IsEmpty ? "it names no image" : "its image is not a repository name with a registry host");
        }

        request = new CredentialProviderRequest { Image = image, Token = token };
        return null;
    }

    private static Failure NotARequest(string why) => new($"standard input is not a request of the kubelet: {why}");

    private static long Position(JsonException broken) => broken.BytePositionInLine ?? 0;

    /// <summary>"" if the string is the expected one, else a short form of it for the error line.</summary>
    private static string Constant(ref Utf8JsonReader reader, ReadOnlySpan<byte> expected)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            // Or the fields of an object that stands here would count as those of the request.
            reader.Skip();
            return "not a string";
        }

        if (reader.ValueTextEquals(expected))
        {
            return "";
        }

        const int shown = 64;
        var value = reader.ValueSpan;
        return $"\"{Encoding.ASCII.GetString(value[..Math.Min(shown, value.Length)])}\"";
    }
}
