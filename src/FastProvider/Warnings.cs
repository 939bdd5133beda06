using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Events;
using FastProvider.Secrets;

namespace FastProvider;

/// <summary>
/// What a pull noticed and went on without: names of Secrets, keys and mirrors, never content. They stand at the end of
/// the pull's line.
/// </summary>
internal sealed class Warnings
{
    /// <summary>A repository name has at most 255 characters.</summary>
    private const int MaxKeyBytes = 320;

    /// <summary>A namespace may hold any number of broken Secrets; the line stays readable.</summary>
    private const int ShownInLine = 8;

    /// <summary>More than a note of an Event has room for.</summary>
    private const int MaxTold = 16;

    private readonly List<string> _shown = [];
    private Told? _lastTold;
    private int _count;

    public int Count => _count;

    /// <summary>How many are kept in words.</summary>
    public int MaxShown { get; init; } = ShownInLine;

    /// <summary>Those in words.</summary>
    public IReadOnlyList<string> Shown => _shown;

    /// <summary>Takes every key that is met, where somebody wants to see them; null in a pull.</summary>
    public KeyTrace? Trace { get; init; }

    /// <summary>How many Secrets have no entry at all.</summary>
    public int EmptyCount { get; private set; }

    /// <summary>The name of the first of them; null if there is none.</summary>
    public string? FirstEmpty { get; private set; }

    public void Add(string warning) => Show(HasRoom(), warning);

    /// <summary>Adds a warning that concerns the pod and says it to its tenant in the same words.</summary>
    public void Add(string warning, EventReason reason)
    {
        Add(warning);
        Tell(reason, warning);
    }

    public void AddSecret(in CredentialSource source, string dataKey, string fault)
    {
        var isShown = HasRoom();
        if (isShown || MayTell)
        {
            var text = $"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over";
            Tell(EventReason.SecretBroken, text);
            Show(isShown, text);
        }
    }

    /// <summary>Adds that a valid document has its entries where nobody reads them.</summary>
    public void AddDocument(in CredentialSource source, string dataKey, string fault)
    {
        if (source.IsSecret)
        {
            AddSecret(source, dataKey, fault);
        }
        else
        {
            Add($"{source}: it {fault}");
        }
    }

    /// <summary>Counts a Secret whose document is valid and empty. A namespace may have such a one on purpose, so it is no warning.</summary>
    public void NoteEmpty(in CredentialSource secret)
    {
        FirstEmpty = EmptyCount++ == 0 ? Encoding.UTF8.GetString(secret.Name.Span) : FirstEmpty;
    }

    public void AddEntry(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        Trace?.Refuse(source, key, fault);
        var isShown = HasRoom();
        if (source.IsSecret && MayTell && !IsToldOf(source, fault))
        {
            // Who may see the Events of a namespace may not see its Secrets, and the key stands inside one.
            var name = Encoding.UTF8.GetString(source.Name.Span);
            Tell(EventReason.SecretBroken, $"Secret {name}: an entry is passed over: {fault}", name, fault);
        }

        // A tenant may write thousands of bad entries: no words are made of those that are not shown.
        if (isShown)
        {
            _shown.Add($"{source}: the entry of key \"{ShowKey(key)}\" is passed over: {fault}");
        }
    }

    /// <summary>Adds that a chosen credential begins or ends with a line end.</summary>
    public void AddLineEnd(EndpointCredential endpoint)
    {
        const string fault = "user or password begins or ends with a line end, as echo without -n leaves one; it is passed on as it is,"
            + " and a registry may refuse it";
        if (endpoint.IsFromSecret)
        {
            var secret = $"Secret {Encoding.UTF8.GetString(endpoint.SecretName.Span)}";
            Add($"{secret}, key \"{ShowKey(endpoint.Key.Span)}\": {fault}");
            Tell(EventReason.SecretBroken, $"{secret}: {fault}");
        }
        else
        {
            Add($"global auth file {endpoint.File?.Path}, key \"{ShowKey(endpoint.Key.Span)}\": {fault}");
        }
    }

    /// <summary>Adds what those that concern the pod have to say to its tenant, in their order and each once.</summary>
    public void AddForTenant(List<TenantNote> notes)
    {
        var first = notes.Count;
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            notes.Insert(first, told.Note);
        }
    }

    /// <summary>Forgets all but the first, as before a list is read again.</summary>
    public void Truncate(int count)
    {
        Trace?.Truncate(0);
        (EmptyCount, FirstEmpty) = (0, null);
        _count = count;
        if (_shown.Count > count)
        {
            _shown.RemoveRange(count, _shown.Count - count);
        }

        while (_lastTold?.At > count)
        {
            _lastTold = _lastTold.Before;
        }
    }

    /// <summary>
    /// A key for people. Any number of slashes at its end belong to a key that matches, so a tenant could fill the log with one.
    /// </summary>
    public static string Shorten(ReadOnlySpan<byte> key) =>
        key.Length <= MaxKeyBytes ? Encoding.UTF8.GetString(key) : $"{Encoding.UTF8.GetString(key[..MaxKeyBytes])}...";

    /// <summary>
    /// A registry key for people. It may be the URL of a login with user and password in it, or a token in its query: neither is shown.
    /// </summary>
    public static string ShowKey(ReadOnlySpan<byte> key)
    {
        // A password may hold any character, unescaped, too: all before the last @ is hidden.
        var at = key.LastIndexOf((byte)'@');
        if (at >= 0)
        {
            var scheme = key[..at].IndexOf("://"u8) is >= 0 and var end ? Encoding.UTF8.GetString(key[..(end + 3)]) : "";
            return $"{(scheme.Length > "https://".Length ? "" : scheme)}***@{ShowKey(key[(at + 1)..])}";
        }

        // In the host a question mark is a wildcard.
        var host = key.IndexOf("://"u8) is >= 0 and var mark ? mark + 3 : 0;
        var path = key[host..].IndexOf((byte)'/') is >= 0 and var slash ? host + slash : key.Length;
        var query = key[path..].IndexOf((byte)'?') is >= 0 and var question ? path + question : key.Length;
        var fragment = key.IndexOf((byte)'#') is >= 0 and var hash ? hash : key.Length;
        var shown = Math.Min(query, fragment);
        return shown == key.Length ? Shorten(key) : $"{Shorten(key[..shown])}***";
    }

    /// <summary>Counts one more, and says whether it is shown.</summary>
    private bool HasRoom() => _count++ < MaxShown;

    public override string ToString()
    {
        var all = string.Join("; ", _shown);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }

    private bool MayTell => (_lastTold?.Number ?? 0) < MaxTold;

    private void Show(bool isShown, string text)
    {
        if (isShown)
        {
            _shown.Add(text);
        }
    }

    /// <summary>Whether the tenant was told of such an entry of this Secret: its note has no key, so there is nothing new to tell.</summary>
    private bool IsToldOf(in CredentialSource source, string fault)
    {
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            if (told.Fault == fault && Ascii.Equals(source.Name.Span, told.Secret))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps what is told, and how many warnings there were with it.</summary>
    private void Tell(EventReason reason, string text, string secret = "", string fault = "")
    {
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            if (told.Note.Text == text)
            {
                return;
            }
        }

        if (MayTell)
        {
            _lastTold = new Told(new TenantNote(reason, text), _count, secret, fault, _lastTold);
        }
    }

    /// <summary>A list from its end, as most pulls have nothing to tell.</summary>
    private sealed class Told(TenantNote note, int at, string secret, string fault, Told? before)
    {
        public TenantNote Note => note;

        public int At => at;

        /// <summary>The Secret of an entry, else empty.</summary>
        public string Secret => secret;

        public string Fault => fault;

        public Told? Before => before;

        public int Number { get; } = (before?.Number ?? 0) + 1;
    }
}
