using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>A ServiceAccount as a token names it.</summary>
public sealed record ServiceAccount(string Namespace, string Name)
{
    public override string ToString() => $"system:serviceaccount:{Namespace}:{Name}";
}

/// <summary>
/// Makes and checks bound ServiceAccount tokens of the recorded shape (RS256, about 1.1 KB, claims in the recorded order).
/// The key lives as long as the process and is never written anywhere.
/// </summary>
public sealed class TokenIssuer
{
    /// <summary>The pod that every token is bound to.</summary>
    public const string PodName = "app-82913915", PodUid = "baf2cc48-e1c7-45a0-90f3-8059209605bd";

    private static readonly RSA Key = RSA.Create(2048);
    private static readonly Lock KeyLock = new();

    /// <summary>The <c>iss</c> claim and, as kubeadm has it, the only audience that the API server takes.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>
    /// Tokens taken as they are for a ServiceAccount, such as the recorded one, whose signature nobody here can check.
    /// </summary>
    public Dictionary<string, ServiceAccount> Trusted { get; } = [];

    /// <summary>
    /// A token for the ServiceAccount, valid for <paramref name="lifetime"/> from now (1 h; negative for an expired one).
    /// </summary>
    public string Issue(
        string @namespace, string serviceAccount, TimeSpan? lifetime = null, string? audience = null, string podUid = PodUid)
    {
        var expires = DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1));
        return Sign(Claims(@namespace, serviceAccount, audience ?? Issuer, podUid, expires.AddHours(-1), expires));
    }

    /// <summary>A correctly signed token of any payload: for claims that no API server would issue.</summary>
    public static string Sign(string payloadJson)
    {
        var kid = Base64Url.EncodeToString(SHA256.HashData(Key.ExportSubjectPublicKeyInfo()));
        var signed = Encode($$"""{"alg":"RS256","kid":"{{kid}}"}""") + "." + Encode(payloadJson);
        lock (KeyLock)
        {
            var signature = Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return signed + "." + Base64Url.EncodeToString(signature);
        }
    }

    /// <summary>The ServiceAccount of a token that is signed, in its time and for this server's audience; else null.</summary>
    internal ServiceAccount? Verify(string token)
    {
        if (Trusted.TryGetValue(token, out var trusted))
        {
            return trusted;
        }

        var parts = token.Split('.');
        if (parts.Length != 3 || parts.Any(p => !Base64Url.IsValid(p)) || !IsSigned(parts))
        {
            return null;
        }

        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var root = claims.RootElement;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (root.GetProperty("exp").GetInt64() <= now || root.GetProperty("nbf").GetInt64() > now + 60
            || !root.GetProperty("aud").EnumerateArray().Any(a => a.GetString() == Issuer))
        {
            return null;
        }

        var kubernetes = root.GetProperty("kubernetes.io");
        return new ServiceAccount(kubernetes.GetProperty("namespace").GetString()!,
            kubernetes.GetProperty("serviceaccount").GetProperty("name").GetString()!);
    }

    private static bool IsSigned(string[] parts)
    {
        lock (KeyLock)
        {
            return Key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    private string Claims(
        string @namespace, string serviceAccount, string audience, string podUid, DateTimeOffset issued, DateTimeOffset expires)
    {
        return $$$"""
            {"aud":["{{{audience}}}"],"exp":{{{expires.ToUnixTimeSeconds()}}},"iat":{{{issued.ToUnixTimeSeconds()}}},"iss":"{{{Issuer}}}","jti":"{{{Guid.NewGuid()}}}","kubernetes.io":{"namespace":"{{{@namespace}}}","node":{"name":"node1","uid":"5549ab41-712a-4e2b-a9c3-288b440dbef4"},"pod":{"name":"{{{PodName}}}","uid":"{{{podUid}}}"},"serviceaccount":{"name":"{{{serviceAccount}}}","uid":"903c5c4b-42fb-48dc-adaf-7904bc739cef"}},"nbf":{{{issued.ToUnixTimeSeconds()}}},"sub":"system:serviceaccount:{{{@namespace}}}:{{{serviceAccount}}}"}
            """;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
