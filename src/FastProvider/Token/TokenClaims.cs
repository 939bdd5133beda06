using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using FastProvider.Native;

namespace FastProvider.Token;

/// <summary>
/// The claims of a ServiceAccount token that a pull needs, unverified: the API server verifies the token when it is used,
/// and nothing is done for a namespace before it has.
/// Shape: k8s.io/kubernetes/pkg/serviceaccount/claims.go (bound tokens); encoding: RFC 7519, RFC 7515 section 3.1.
/// </summary>
internal readonly struct TokenClaims
{
    /// <summary>A token is about 1.1 KB; headers of an API server's request end at 1 MiB altogether.</summary>
    public const int MaxTokenBytes = 128 * 1024;

    private const int StackBytes = 2048;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <summary>The pod's namespace: a valid DNS-1123 label.</summary>
    public ReadOnlyMemory<byte> Namespace { get; private init; }

    /// <summary>The name of the ServiceAccount, or empty.</summary>
    public ReadOnlyMemory<byte> ServiceAccount { get; private init; }

    /// <summary>The name of the pod that the token is bound to, or empty.</summary>
    public ReadOnlyMemory<byte> Pod { get; private init; }

    /// <summary>The audiences, joined by commas, as a line for people shows them.</summary>
    public ReadOnlyMemory<byte> Audiences { get; private init; }

    /// <summary>The issuer.</summary>
    public ReadOnlyMemory<byte> Issuer { get; private init; }

    /// <summary>When the token ends, in seconds since 1970; 0 if it does not say.</summary>
    public long ExpiresAtUnixSeconds { get; private init; }

    /// <summary>Reads the payload segment; header and signature are not looked at.</summary>
    /// <param name="token">A JWT in compact form.</param>
    /// <param name="values">Where the strings are kept; the claims point into it.</param>
    /// <param name="claims">The claims, with a valid namespace.</param>
    public static Failure? Read(ReadOnlySpan<byte> token, SecretBuffer values, out TokenClaims claims)
    {
        claims = default;
        if (token.Length > MaxTokenBytes)
        {
            return NotAToken($"it is {token.Length} bytes long, more than {MaxTokenBytes}");
        }

        var payload = Payload(token);
        if (payload.IsEmpty)
        {
            return NotAToken("it is not three segments with dots between");
        }

        // It becomes part of a request's header: a line break in it would begin another.
        foreach (var c in token)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'-' or (byte)'_' or (byte)'.'))
            {
                return NotAToken("it is not base64url");
            }
        }

        byte[]? rented = null;
        var decoded = payload.Length <= StackBytes
            ? stackalloc byte[StackBytes]
            : rented = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            var status = Base64Url.DecodeFromUtf8(payload, decoded, out _, out var length);
            return status is OperationStatus.Done
                ? ReadPayload(decoded[..length], values, out claims)
                : NotAToken("its payload is not base64url");
        }
        catch (JsonException)
        {
            return NotAToken("its payload is not whole, valid JSON");
        }
        catch (InvalidOperationException)
        {
            return NotAToken("a claim is not of the type it should be");
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    /// <summary>The second of exactly three segments, or empty.</summary>
    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> token)
    {
        var first = token.IndexOf((byte)'.');
        var afterHeader = token[(first + 1)..];
        var second = afterHeader.IndexOf((byte)'.');
        return first > 0 && second > 0 && !afterHeader[(second + 1)..].Contains((byte)'.') ? afterHeader[..second] : default;
    }

    private static Failure? ReadPayload(ReadOnlySpan<byte> json, SecretBuffer values, out TokenClaims claims)
    {
        claims = default;
        values.Reserve(json.Length);
        var reader = new Utf8JsonReader(json, Options);
        ReadOnlyMemory<byte> issuer = default, audiences = default;
        var binding = default(Binding);
        long expires = 0;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return NotAToken("its payload is not a JSON object");
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("aud"u8))
            {
                reader.Read();
                audiences = CopyAudiences(ref reader, values);
            }
            else if (reader.ValueTextEquals("iss"u8))
            {
                reader.Read();
                issuer = values.CopyString(ref reader);
            }
            else if (reader.ValueTextEquals("exp"u8))
            {
                reader.Read();
                // NumericDate may have a fraction (RFC 7519 section 2).
                expires = reader.TryGetInt64(out var whole) ? whole : reader.TryGetDouble(out var real) ? (long)real : 0;
            }
            else if (reader.ValueTextEquals("kubernetes.io"u8))
            {
                reader.Read();
                binding = Binding.Read(ref reader, values);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        if (!NamespaceName.IsValid(binding.Namespace.Span))
        {
            return NotAToken(binding.Namespace.IsEmpty
                ? "it has no claim kubernetes.io.namespace, so it is not bound to a namespace"
                : "its claim kubernetes.io.namespace is not a DNS-1123 label");
        }

        claims = new TokenClaims
        {
            Namespace = binding.Namespace,
            ServiceAccount = binding.ServiceAccount,
            Pod = binding.Pod,
            Audiences = audiences,
            Issuer = issuer,
            ExpiresAtUnixSeconds = expires,
        };
        return null;
    }

    private static Failure NotAToken(string why) => new($"the ServiceAccount token in the request cannot be used: {why}");

    /// <summary>A string or an array of strings (RFC 7519 section 4.1.3).</summary>
    private static ReadOnlyMemory<byte> CopyAudiences(ref Utf8JsonReader reader, SecretBuffer values)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            return values.CopyString(ref reader);
        }

        var start = values.Length;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (values.Length > start)
            {
                values.Write(","u8);
            }

            values.CopyString(ref reader);
        }

        return values.WrittenMemory[start..];
    }

    /// <summary>The claims under <c>kubernetes.io</c>.</summary>
    private readonly record struct Binding(
        ReadOnlyMemory<byte> Namespace, ReadOnlyMemory<byte> ServiceAccount, ReadOnlyMemory<byte> Pod)
    {
        public static Binding Read(ref Utf8JsonReader reader, SecretBuffer values)
        {
            var binding = default(Binding);
            RequireObject(ref reader);
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("namespace"u8))
                {
                    reader.Read();
                    binding = binding with { Namespace = values.CopyString(ref reader) };
                }
                else if (reader.ValueTextEquals("serviceaccount"u8))
                {
                    reader.Read();
                    binding = binding with { ServiceAccount = ReadName(ref reader, values) };
                }
                else if (reader.ValueTextEquals("pod"u8))
                {
                    reader.Read();
                    binding = binding with { Pod = ReadName(ref reader, values) };
                }
                else
                {
                    reader.Skip();
                }
            }

            return binding;
        }

        private static ReadOnlyMemory<byte> ReadName(ref Utf8JsonReader reader, SecretBuffer values)
        {
            ReadOnlyMemory<byte> name = default;
            RequireObject(ref reader);
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("name"u8))
                {
                    reader.Read();
                    name = values.CopyString(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            return name;
        }

        private static void RequireObject(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                throw new InvalidOperationException();
            }
        }
    }
}
