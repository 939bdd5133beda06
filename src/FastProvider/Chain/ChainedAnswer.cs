using System;
using System.Collections.Generic;
using System.Text.Json;
using FastProvider.Kubelet;
using FastProvider.Names;
using FastProvider.Native;

namespace FastProvider.Chain;

/// <summary>
/// What another provider answered, decoded as strictly as a kubelet does it (k8s.io/kubelet/pkg/apis/credentialprovider/v1,
/// CredentialProviderResponse): names letter by letter, none twice, none that is not known, and each value of its type.
/// </summary>
internal sealed class ChainedAnswer : IDisposable
{
    private const string Broken = "did not answer with a CredentialProviderResponse: it is not one JSON document",
        Unknown = "answered with fields that a kubelet does not know, or that are there twice",
        WrongType = "answered with a value of the wrong type";

    /// <summary>No cloud has so many registries in one account.</summary>
    private const int MaxLogins = 1000;

    /// <summary>Longer than any that a kubelet can read; who keeps the answer has a bound of its own.</summary>
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(110_000);

    private readonly SecretBuffer _texts = new();
    private ChainedLogin? _last;
    private string? _duration;

    /// <summary>What it is for, once it was read.</summary>
    public CacheScope Scope { get; private set; }

    /// <summary>For how long it may be kept, as it says: not at all for less than nothing. Null if it does not say.</summary>
    public TimeSpan? CacheDuration => _duration is null ? null : TimeOf(_duration);

    /// <summary>For how long a duration of any length lets an answer be kept.</summary>
    public static TimeSpan TimeOf(string duration) =>
        GoDuration.TryParse(duration, LongestDuration, out var time) ? time : TimeSpan.Zero;

    /// <summary>Reads an answer.</summary>
    /// <param name="json">All that the provider printed.</param>
    /// <param name="apiVersion">Of the request.</param>
    /// <returns>Null, or what is wrong, in words that follow the provider's name: nothing of the content.</returns>
    public string? Read(ReadOnlySpan<byte> json, string apiVersion)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return ReadMembers(ref reader, apiVersion);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return Broken;
        }
    }

    /// <summary>
    /// Finds the login that a kubelet would use first: of the keys that match, the last in byte order, as it tries the more
    /// specific ones first; for an image of Docker Hub at last the key of its index (pkg/credentialprovider/keyring.go,
    /// BasicDockerKeyring). An entry with nothing in it, and a user that no auth file can hold, are passed over.
    /// </summary>
    /// <param name="repository">The endpoint's name.</param>
    /// <returns>Null if none matches.</returns>
    public ChainedLogin? Find(string repository)
    {
        var image = new ImagePattern(repository);
        ChainedLogin? best = null;
        for (var login = _last; login is not null; login = login.Before)
        {
            if (IsUsable(login) && (new ImagePattern(login.Effective).Covers(image) || IsForAllOfDockerHub(login, repository))
                && (best is null || IsTriedBefore(login, best, repository)))
            {
                best = login;
            }
        }

        return best;
    }

    /// <summary>Whether a kubelet tries a login before another one, be it of the same answer or not.</summary>
    /// <param name="login">One that <see cref="Find"/> may find.</param>
    /// <param name="other">Another one.</param>
    /// <param name="repository">The endpoint's name.</param>
    public static bool IsTriedBefore(ChainedLogin login, ChainedLogin other, string repository) =>
        IsForAllOfDockerHub(login, repository) == IsForAllOfDockerHub(other, repository)
            ? string.CompareOrdinal(login.Effective, other.Effective) > 0
            : IsForAllOfDockerHub(other, repository);

    /// <summary>One of its texts.</summary>
    public ReadOnlySpan<byte> this[Range text] => _texts.WrittenSpan[text];

    public void Dispose() => _texts.Dispose();

    private bool IsUsable(ChainedLogin login)
    {
        var user = this[login.User];
        return (!user.IsEmpty || !this[login.Password].IsEmpty) && !user.Contains((byte)':');
    }

    /// <summary>The key of Docker Hub's index, which no image has in its name.</summary>
    private static bool IsForAllOfDockerHub(ChainedLogin login, string repository) =>
        login.Effective == "index.docker.io" && repository.StartsWith("docker.io/", StringComparison.Ordinal);

    private string? ReadMembers(ref Utf8JsonReader reader, string apiVersion)
    {
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return Broken;
        }

        string? fault = null, kind = null, version = null, cacheKeyType = null;
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var isKnown = name is "kind" or "apiVersion" or "cacheKeyType" or "cacheDuration" or "auth";
            fault ??= isKnown && seen.Add(name) ? null : Unknown;
            reader.Read();
            switch (name)
            {
                case "kind":
                    fault ??= TakeText(ref reader, out kind);
                    break;
                case "apiVersion":
                    fault ??= TakeText(ref reader, out version);
                    break;
                case "cacheKeyType":
                    fault ??= TakeText(ref reader, out cacheKeyType);
                    break;
                case "cacheDuration":
                    fault ??= TakeDuration(ref reader, out _duration);
                    break;
                case "auth" when fault is null:
                    fault = TakeLogins(ref reader);
                    break;
            }

            reader.Skip();
        }

        // What follows the document is a fault of its own.
        while (reader.Read())
        {
        }

        return version != apiVersion && version is not null && fault is null
                ? $"answered with another apiVersion than {apiVersion}, which it is asked in"
            : fault
            ?? (kind != "CredentialProviderResponse" || version is null ? "did not answer with a CredentialProviderResponse"
                : TakeScope(cacheKeyType));
    }

    private string? TakeScope(string? cacheKeyType)
    {
        (Scope, var fault) = cacheKeyType switch
        {
            "Image" => (CacheScope.Image, null),
            "Registry" => (CacheScope.Registry, null),
            "Global" => (CacheScope.Global, null),
            _ => (CacheScope.Image, "answered without a valid cacheKeyType"),
        };
        return fault;
    }

    private static string? TakeText(ref Utf8JsonReader reader, out string? text)
    {
        var isText = reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
        text = isText ? reader.GetString() : null;
        return isText ? null : WrongType;
    }

    private static string? TakeDuration(ref Utf8JsonReader reader, out string? text) =>
        TakeText(ref reader, out text) ?? (text is null || GoDuration.IsValid(text) ? null : WrongType);

    private string? TakeLogins(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return WrongType;
        }

        var keys = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var keyRange = Keep(ref reader);
            reader.Read();
            if (!keys.Add(key))
            {
                return Unknown;
            }

            if (keys.Count > MaxLogins)
            {
                return $"answered with more than {MaxLogins} entries";
            }

            if (TakeLogin(ref reader, key, keyRange) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private string? TakeLogin(ref Utf8JsonReader reader, string key, Range keyRange)
    {
        Range user = default, password = default;
        if (reader.TokenType is JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return WrongType;
        }

        bool hasUser = false, hasPassword = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isUser = reader.ValueTextEquals("username"u8);
            if (isUser ? hasUser : hasPassword || !reader.ValueTextEquals("password"u8))
            {
                return Unknown;
            }

            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                return WrongType;
            }

            if (isUser)
            {
                (hasUser, user) = (true, Keep(ref reader));
            }
            else
            {
                (hasPassword, password) = (true, Keep(ref reader));
            }
        }

        _last = new ChainedLogin(EffectiveOf(key), keyRange, user, password, _last);
        return null;
    }

    private Range Keep(ref Utf8JsonReader reader)
    {
        var start = _texts.Length;
        _ = _texts.CopyString(ref reader);
        return start.._texts.Length;
    }

    /// <summary>As a kubelet keeps a key: without scheme, and a path of /v1/ or /v2/ alone does not count.</summary>
    private static string EffectiveOf(string key)
    {
        var bare = key.StartsWith("https://", StringComparison.Ordinal) ? key["https://".Length..]
            : key.StartsWith("http://", StringComparison.Ordinal) ? key["http://".Length..]
            : key;
        var slash = bare.IndexOf('/');
        var (host, path) = slash < 0 ? (bare, "") : (bare[..slash], bare[slash..]);
        path = path.StartsWith("/v2/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal)
            ? path[3..]
            : path;
        return path is "/" ? host : host + path;
    }
}

/// <summary>One entry of <c>auth</c> of an answer.</summary>
/// <param name="effective">Its key as a kubelet compares it.</param>
/// <param name="key">Where its key stands as it was spelled (<see cref="ChainedAnswer"/>).</param>
/// <param name="user">Where the user stands.</param>
/// <param name="password">Where the password stands.</param>
/// <param name="before">The one before it, or null: a list would cost at each start of the program.</param>
internal sealed class ChainedLogin(string effective, Range key, Range user, Range password, ChainedLogin? before)
{
    public string Effective => effective;

    public Range Key => key;

    public Range User => user;

    public Range Password => password;

    public ChainedLogin? Before => before;
}
