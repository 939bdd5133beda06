using System;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// One endpoint of the pull and the best credential found for it so far. Only the best is kept, so memory does not grow
/// with the number of Secrets, and what loses is zeroed at once.
/// </summary>
internal sealed class EndpointCredential : IDisposable
{
    private readonly SecretBuffer _names = new();
    private readonly SecretBuffer _userPassword = new();
    private readonly SecretBuffer _identityToken = new();
    private RepositoryName _parsed;
    private Rank _rank;
    private int _secretNameLength;
    private bool _isCanonical;
    private int _maskLength;

    public EndpointCredential(ReadOnlyMemory<byte> repository) => Serve(repository);

    /// <summary>The rewritten repository name that CRI-O looks up.</summary>
    public ref readonly RepositoryName Repository => ref _parsed;

    /// <summary>Whether any credential was found.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The Secret that serves this endpoint; empty when the global auth file does.</summary>
    public ReadOnlyMemory<byte> SecretName => _names.WrittenMemory[.._secretNameLength];

    /// <summary>The key of the <c>auths</c> map that matched, as it is spelled there.</summary>
    public ReadOnlyMemory<byte> Key => _names.WrittenMemory[_secretNameLength..];

    /// <summary>Decoded <c>user:password</c>.</summary>
    public ReadOnlySpan<byte> UserPassword => _userPassword.WrittenSpan;

    /// <summary>Or empty.</summary>
    public ReadOnlySpan<byte> IdentityToken => _identityToken.WrittenSpan;

    public bool IsFromSecret => IsFound && _secretNameLength > 0;

    /// <summary>
    /// Whether CRI-O, reading the global auth file itself, would come to the same credential: it looks for the repository,
    /// its parents and its host as they stand, and the first key that exists decides, also when its entry is no good
    /// (container-libs, image/pkg/docker/config, findCredentialsInFile).
    /// </summary>
    public bool IsFoundByCrio => IsFound && _isCanonical && _maskLength <= Key.Length;

    /// <summary>The key of the global auth file that holds no credential and yet decides for CRI-O; empty if there is none.</summary>
    public ReadOnlySpan<byte> MaskingKey => _parsed.Name.Span[.._maskLength];

    /// <summary>Begins anew for another repository.</summary>
    public void Serve(ReadOnlyMemory<byte> repository)
    {
        Clear();
        _parsed = new RepositoryName(repository);
    }

    /// <summary>Whether a key speaks for this endpoint and would replace what was found so far.</summary>
    public bool WouldTake(in CredentialSource source, ReadOnlySpan<byte> key, in RegistryKey parsedKey, out Rank offered)
    {
        offered = default;
        if (!parsedKey.Matches(_parsed, out var pathLength))
        {
            return false;
        }

        offered = new Rank(pathLength, parsedKey.Globs, source.Precedence);
        return !IsFound || Beats(offered, source.Name.Span, key, out _);
    }

    /// <summary>Why a key that speaks for this endpoint does not serve it, now that all keys were offered.</summary>
    /// <returns>The rule by which the one that was found goes before it; null if it is that one.</returns>
    public ChoiceRule? LosesBy(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        var parsedKey = RegistryKey.Parse(key);
        _ = parsedKey.Matches(_parsed, out var pathLength);
        _ = Beats(new Rank(pathLength, parsedKey.Globs, source.Precedence), source.Name.Span, key, out var rule);
        return source.Name.Span.SequenceEqual(SecretName.Span) && key.SequenceEqual(Key.Span) ? null : rule;
    }

    /// <summary>Replaces what was found so far.</summary>
    public void Take(in CredentialSource source, ReadOnlySpan<byte> key, AuthEntry entry, in Rank offered)
    {
        var masked = _maskLength;
        Clear();
        _maskLength = masked;
        _names.Write(source.Name.Span);
        _names.Write(key);
        _secretNameLength = source.Name.Length;
        _userPassword.Write(entry.UserPassword);
        _identityToken.Write(entry.IdentityToken);
        _isCanonical = entry.IsCanonical && IsPlain(key);
        _rank = offered;
        IsFound = true;
    }

    /// <summary>Remembers an entry of the global auth file that holds no credential and yet decides for CRI-O.</summary>
    public void PassOver(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        if (!source.IsSecret && IsPlain(key))
        {
            _maskLength = Math.Max(_maskLength, key.Length);
        }
    }

    /// <summary>Forgets what was found, as before a list is read again.</summary>
    public void Clear()
    {
        _names.Clear();
        _userPassword.Clear();
        _identityToken.Clear();
        _secretNameLength = 0;
        _maskLength = 0;
        IsFound = false;
    }

    public void Dispose()
    {
        IsFound = false;
        _secretNameLength = 0;
        _names.Dispose();
        _userPassword.Dispose();
        _identityToken.Dispose();
    }

    /// <summary>
    /// The longer path, the host with fewer wildcards, the newer (or earlier named) Secret, the first name; inside one Secret the
    /// key that is the repository or its host as it stands, then byte order. A repeated key replaces its predecessor, as in a JSON map.
    /// </summary>
    private bool Beats(in Rank offered, ReadOnlySpan<byte> secretName, ReadOnlySpan<byte> key, out ChoiceRule rule)
    {
        if (offered.PathLength != _rank.PathLength)
        {
            rule = ChoiceRule.LongerPath;
            return offered.PathLength > _rank.PathLength;
        }

        if (offered.Globs != _rank.Globs)
        {
            rule = ChoiceRule.FewerWildcards;
            return offered.Globs < _rank.Globs;
        }

        if (offered.Precedence != _rank.Precedence)
        {
            rule = ChoiceRule.Precedence;
            return offered.Precedence > _rank.Precedence;
        }

        rule = ChoiceRule.SecretName;
        var byName = secretName.SequenceCompareTo(SecretName.Span);
        if (byName != 0)
        {
            return byName < 0;
        }

        rule = ChoiceRule.KeySpelling;
        var plain = IsPlain(key);
        return plain != IsPlain(Key.Span) ? plain : key.SequenceCompareTo(Key.Span) <= 0;
    }

    /// <summary>The spelling that CRI-O itself would look for: no scheme, no slash at the end, no alias of the host.</summary>
    private bool IsPlain(ReadOnlySpan<byte> key)
    {
        var name = _parsed.Name.Span;
        return name.StartsWith(key) && (key.Length == name.Length || name[key.Length] is (byte)'/');
    }

    /// <summary>How closely a key speaks for the endpoint, and how its Secret stands to others.</summary>
    internal readonly record struct Rank(int PathLength, int Globs, long Precedence);
}

/// <summary>By what one key that matches goes before another, in this order.</summary>
internal enum ChoiceRule
{
    /// <summary>It names more of the repository's path.</summary>
    LongerPath,

    FewerWildcards,

    /// <summary>Its Secret is newer, or was named earlier.</summary>
    Precedence,

    /// <summary>The Secret's name is the first in byte order.</summary>
    SecretName,

    /// <summary>Inside one Secret: the spelling that CRI-O itself looks for, then byte order.</summary>
    KeySpelling,
}
