using System;
using FastProvider.Native;
using FastProvider.Node;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>
/// One endpoint of the pull and the best credential found for it so far. Only the best is kept, so memory does not grow
/// with the number of Secrets, and what loses is zeroed at once.
/// </summary>
internal sealed class EndpointCredential : IResettable, IDisposable
{
    private readonly SecretBuffer _names = new();
    private readonly SecretBuffer _userPassword = new();
    private readonly SecretBuffer _identityToken = new();
    private RepositoryName _parsed;
    private Rank _rank;
    private int _secretNameLength;
    private bool _isCanonical;
    private byte[] _maskingKey = [];
    private NodeKeyFit _maskFit;

    /// <summary>Of no repository yet.</summary>
    public EndpointCredential()
    {
    }

    public EndpointCredential(ReadOnlyMemory<byte> repository, bool isPrimary = false) => Reset(repository, isPrimary);

    /// <summary>The rewritten repository name that CRI-O looks up.</summary>
    public ref readonly RepositoryName Repository => ref _parsed;

    /// <summary>Whether this is the registry itself; otherwise it is a mirror.</summary>
    public bool IsPrimary { get; private set; }

    /// <summary>Whether any credential was found.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The Secret that serves this endpoint; empty when a file of the node does.</summary>
    public ReadOnlyMemory<byte> SecretName => _names.WrittenMemory[.._secretNameLength];

    /// <summary>The key of the <c>auths</c> map that matched, as it is spelled there.</summary>
    public ReadOnlyMemory<byte> Key => _names.WrittenMemory[_secretNameLength..];

    /// <summary>Decoded <c>user:password</c>.</summary>
    public ReadOnlySpan<byte> UserPassword => _userPassword.WrittenSpan;

    /// <summary>Or empty.</summary>
    public ReadOnlySpan<byte> IdentityToken => _identityToken.WrittenSpan;

    public bool IsFromSecret => IsFound && _secretNameLength > 0;

    /// <summary>The file of the node that answers for this endpoint, by a credential or a helper; null if none does.</summary>
    public NodeAuthFile? File { get; private set; }

    /// <summary>The other credential provider of the kubelet that answered for this endpoint; null if none did.</summary>
    public string? Provider { get; private set; }

    /// <summary>The credential helper of <see cref="File"/> that CRI-O asks for the host; no credential is found then.</summary>
    public CredentialHelper? Helper { get; private set; }

    /// <summary>
    /// Whether CRI-O, reading the node's files itself, would come to the same credential: the first key that exists decides, also
    /// when its entry is no good (container-libs, image/pkg/docker/config, findCredentialsInFile).
    /// </summary>
    public bool IsFoundByCrio => IsFound && _isCanonical && !IsMasked;

    /// <summary>A key of the node's file holds no credential and yet decides for CRI-O, before the one that was found.</summary>
    /// <remarks>Of several keys for the host CRI-O takes any.</remarks>
    public bool IsMasked => _maskFit is not NodeKeyFit.None && (_maskFit != _rank.Fit ? _maskFit > _rank.Fit
        : _maskFit is NodeKeyFit.Host || _maskingKey.Length > Key.Length);

    /// <summary>That key; empty if there is none.</summary>
    public ReadOnlySpan<byte> MaskingKey => _maskingKey;

    /// <summary>User or password begin or end with a line feed or a carriage return.</summary>
    public bool HasLineEnd
    {
        get
        {
            var colon = UserPassword.IndexOf((byte)':');
            ReadOnlySpan<byte> user = UserPassword[..colon], password = UserPassword[(colon + 1)..];
            return user.Trim("\r\n"u8).Length < user.Length || password.Trim("\r\n"u8).Length < password.Length;
        }
    }

    /// <summary>Both are served by the same key of the same Secret or file.</summary>
    public bool HasSourceOf(EndpointCredential other) =>
        SecretName.Span.SequenceEqual(other.SecretName.Span) && Key.Span.SequenceEqual(other.Key.Span) && File == other.File
        && Provider == other.Provider;

    /// <summary>Begins anew for another repository.</summary>
    public void Reset(ReadOnlyMemory<byte> repository, bool isPrimary = false)
    {
        Clear();
        _parsed = new RepositoryName(repository);
        IsPrimary = isPrimary;
    }

    /// <summary>Whether a key speaks for this endpoint and would replace what was found so far.</summary>
    public bool WouldTake(in CredentialSource source, ReadOnlySpan<byte> key, in RegistryKey parsedKey, out Rank offered) =>
        Speaks(source, key, parsedKey, out offered) && (!IsFound || Beats(offered, source.Name.Span, key, out _));

    /// <summary>Which part of a key that does not speak for this endpoint is another than the endpoint's, for people.</summary>
    public KeyPart MismatchWith(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        var parsedKey = RegistryKey.Parse(key);
        return Speaks(source, key, parsedKey, out _) ? KeyPart.None : parsedKey.MismatchWith(_parsed);
    }

    /// <summary>Why a key that speaks for this endpoint does not serve it, now that all keys were offered.</summary>
    /// <returns>The rule by which the one that was found goes before it; null if it is that one.</returns>
    public ChoiceRule? LosesBy(in CredentialSource source, ReadOnlySpan<byte> key)
    {
        if (!source.IsSecret && source.File != File)
        {
            return ChoiceRule.OtherFile;
        }

        _ = Speaks(source, key, RegistryKey.Parse(key), out var rank);
        _ = Beats(rank, source.Name.Span, key, out var rule);
        return source.Name.Span.SequenceEqual(SecretName.Span) && key.SequenceEqual(Key.Span) ? null : rule;
    }

    /// <summary>Replaces what was found so far.</summary>
    public void Take(in CredentialSource source, ReadOnlySpan<byte> key, AuthEntry entry, in Rank offered)
    {
        ClearCredential();
        _names.Write(source.Name.Span);
        _names.Write(key);
        _secretNameLength = source.Name.Length;
        _userPassword.Write(entry.UserPassword);
        _identityToken.Write(entry.IdentityToken);
        _isCanonical = entry.IsCanonical && offered.Fit is not NodeKeyFit.None;
        _rank = offered;
        File = source.File;
        IsFound = true;
    }

    /// <summary>Replaces what was found so far by what another object found for the same repository.</summary>
    public void Take(EndpointCredential other)
    {
        Clear();
        _names.Write(other._names.WrittenSpan);
        _userPassword.Write(other.UserPassword);
        _identityToken.Write(other.IdentityToken);
        (_secretNameLength, _isCanonical, _rank) = (other._secretNameLength, other._isCanonical, other._rank);
        (_maskingKey, _maskFit) = (other._maskingKey, other._maskFit);
        (File, IsFound) = (other.File, other.IsFound);
    }

    /// <summary>Takes what another credential provider of the kubelet answered. CRI-O does not ask those.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="key">Of its answer.</param>
    /// <param name="user">Without a colon.</param>
    /// <param name="password">The password.</param>
    public void TakeAnswer(string provider, ReadOnlySpan<byte> key, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        ClearCredential();
        _names.Write(key);
        _userPassword.Write(user);
        _userPassword.Write(":"u8);
        _userPassword.Write(password);
        _isCanonical = false;
        Provider = provider;
        IsFound = true;
    }

    /// <summary>Leaves the endpoint to a helper of the node's file.</summary>
    public void Take(CredentialHelper helper, NodeAuthFile file)
    {
        Clear();
        Helper = helper;
        File = file;
    }

    /// <summary>Remembers an entry of the node's file that holds no credential and yet decides for CRI-O.</summary>
    public void PassOver(ReadOnlySpan<byte> key, in Rank offered)
    {
        if (offered.Fit > _maskFit || (offered.Fit == _maskFit && key.Length > _maskingKey.Length))
        {
            _maskFit = offered.Fit;
            _maskingKey = _maskFit is NodeKeyFit.None ? [] : key.ToArray();
        }
    }

    /// <summary>
    /// Nobody but the pull's file can bring CRI-O this credential: it does not read the one in which it was found.
    /// </summary>
    public void HideFromCrio() => _isCanonical = false;

    /// <summary>Forgets what was found, as before a list is read again.</summary>
    public void Clear()
    {
        ClearCredential();
        Helper = null;
        _maskingKey = [];
        _maskFit = NodeKeyFit.None;
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public bool TryReset()
    {
        Clear();
        _parsed = default;
        IsPrimary = false;
        _names.Release();
        _userPassword.Release();
        _identityToken.Release();
        return true;
    }

    public void Dispose() => TryReset();

    private void ClearCredential()
    {
        _names.Clear();
        _userPassword.Clear();
        _identityToken.Clear();
        _secretNameLength = 0;
        _rank = default;
        File = null;
        Provider = null;
        IsFound = false;
    }

    private bool Speaks(in CredentialSource source, ReadOnlySpan<byte> key, in RegistryKey parsedKey, out Rank rank)
    {
        var fit = source.IsSecret ? NodeKeyFit.None : NodeKey.Fit(key, _parsed, source.File is { IsLegacy: true });
        var isMatch = parsedKey.Matches(_parsed, out var pathLength);
        rank = new Rank(fit, isMatch ? pathLength : 0, parsedKey.Globs, source.IsShared, source.Precedence);
        return isMatch || fit is not NodeKeyFit.None;
    }

    /// <summary>
    /// In a file of the node first what CRI-O itself would look for. Then the longer path, the host with fewer wildcards, a
    /// Secret of the pod's own namespace, the newer (or earlier named) Secret, the first name; inside one Secret the key that is
    /// the repository or its host as it stands, then byte order. A repeated key replaces its predecessor, as in a JSON map.
    /// </summary>
    private bool Beats(in Rank offered, ReadOnlySpan<byte> secretName, ReadOnlySpan<byte> key, out ChoiceRule rule)
    {
        if (offered.Fit != _rank.Fit)
        {
            rule = ChoiceRule.CrioSpelling;
            return offered.Fit > _rank.Fit;
        }

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

        if (offered.IsShared != _rank.IsShared)
        {
            rule = ChoiceRule.OwnNamespace;
            return _rank.IsShared;
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
    private bool IsPlain(ReadOnlySpan<byte> key) => NodeKey.IsExact(key, _parsed, isLegacy: false);

    /// <summary>How closely a key speaks for the endpoint, and how its Secret stands to others.</summary>
    /// <param name="Fit">Of a Secret always <see cref="NodeKeyFit.None"/>: CRI-O does not read it.</param>
    /// <param name="PathLength">In bytes.</param>
    /// <param name="Globs">Wildcards of the host.</param>
    /// <param name="IsShared">The Secret is of another namespace than the pod's.</param>
    /// <param name="Precedence">Of the source.</param>
    internal readonly record struct Rank(NodeKeyFit Fit, int PathLength, int Globs, bool IsShared, long Precedence);
}

/// <summary>By what one key that matches goes before another, in this order.</summary>
internal enum ChoiceRule
{
    /// <summary>Another file of the node answers for the endpoint.</summary>
    OtherFile,

    /// <summary>In a file of the node: CRI-O looks for it before the other, or does not find the other at all.</summary>
    CrioSpelling,

    /// <summary>It names more of the repository's path.</summary>
    LongerPath,

    FewerWildcards,

    /// <summary>Its Secret is of the pod's own namespace, the other is shared.</summary>
    OwnNamespace,

    /// <summary>Its Secret is newer, or was named earlier.</summary>
    Precedence,

    /// <summary>The Secret's name is the first in byte order.</summary>
    SecretName,

    /// <summary>Inside one Secret: the spelling that CRI-O itself looks for, then byte order.</summary>
    KeySpelling,
}
