using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Generators;
using FastProvider.Names;
using FastProvider.Native;

namespace FastProvider.Token;

/// <summary>
/// The claims of a ServiceAccount token that a pull needs, unverified: the API server verifies the token when it is used,
/// and nothing is done for a namespace before it has.
/// Shape: k8s.io/kubernetes/pkg/serviceaccount/claims.go (bound tokens); encoding: RFC 7519, RFC 7515 section 3.1.
/// </summary>
[JsonReader]
internal partial struct TokenClaims
{
    /// <summary>A token is about 1.1 KB; headers of an API server's request end at 1 MiB altogether.</summary>
    public const int MaxTokenBytes = 128 * 1024;

    private const int StackBytes = 2048;

    /// <summary>The alphabet of base64url, and the dots between segments.</summary>
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <summary>The pod's namespace: a valid DNS-1123 label.</summary>
    [FromJson("kubernetes.io", "namespace")]
    public ReadOnlyMemory<byte> Namespace { get; private set; }

    /// <summary>The name of the ServiceAccount, or empty.</summary>
    [FromJson("kubernetes.io", "serviceaccount", "name")]
    public ReadOnlyMemory<byte> ServiceAccount { get; private set; }

    /// <summary>The name of the pod that the token is bound to, or empty.</summary>
    [FromJson("kubernetes.io", "pod", "name")]
    public ReadOnlyMemory<byte> Pod { get; private set; }

    /// <summary>The uid of that pod, or empty.</summary>
    [FromJson("kubernetes.io", "pod", "uid")]
    public ReadOnlyMemory<byte> PodUid { get; private set; }

    /// <summary>NAMESPACE/NAME of the ServiceAccount, for a line for people.</summary>
    public readonly string ServiceAccountText =>
        $"{Encoding.UTF8.GetString(Namespace.Span)}/{Encoding.UTF8.GetString(ServiceAccount.Span)}";

    /// <summary>The audiences, joined by commas, as a line for people shows them.</summary>
    public ReadOnlyMemory<byte> Audiences { get; private set; }

    /// <summary>The issuer.</summary>
    [FromJson("iss")]
    public ReadOnlyMemory<byte> Issuer { get; private set; }

    /// <summary>When the token ends, in seconds since 1970; 0 if it does not say.</summary>
    [FromJson("exp")]
    public long ExpiresAtUnixSeconds { get; private set; }

    /// <summary>The claims of whoever is named, where there is no token.</summary>
    /// <param name="validNamespace">A checked DNS-1123 label.</param>
    /// <param name="serviceAccount">The name of the ServiceAccount.</param>
    public static TokenClaims Of(ReadOnlyMemory<byte> validNamespace, ReadOnlyMemory<byte> serviceAccount) =>
        new() { Namespace = validNamespace, ServiceAccount = serviceAccount };

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
        if (token.ContainsAnyExcept(TokenBytes))
        {
            return NotAToken("it is not base64url");
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
        var read = default(TokenClaims);
        switch (read.ReadDocument(json, values, Options).Kind)
        {
            case JsonFaultKind.NoObject:
                return NotAToken("its payload is not a JSON object");
            case JsonFaultKind.WrongType:
                return NotAToken("a claim is not of the type it should be");
            case JsonFaultKind.Broken or JsonFaultKind.Trailing:
                return NotAToken("its payload is not whole, valid JSON");
        }

        if (!NamespaceName.IsValid(read.Namespace.Span))
        {
            return NotAToken(read.Namespace.IsEmpty
                ? "it has no claim kubernetes.io.namespace, so it is not bound to a namespace"
                : "its claim kubernetes.io.namespace is not a DNS-1123 label");
        }

        claims = read;
        return null;
    }

    private static Failure NotAToken(string why) => new(FailureCause.Token,
        $"the ServiceAccount token in the request cannot be used: {why}");

    /// <summary>A string or an array of strings (RFC 7519 section 4.1.3).</summary>
    [FromJson("aud")]
    private void TakeAudiences(ref Utf8JsonReader reader, SecretBuffer values)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            Audiences = values.CopyString(ref reader);
            return;
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

        Audiences = values.WrittenMemory[start..];
    }
}
