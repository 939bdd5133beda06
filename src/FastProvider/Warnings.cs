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
    /// <summary>A namespace may hold any number of broken Secrets; the line stays readable.</summary>
    private const int MaxShown = 8;

    /// <summary>A repository name has at most 255 characters.</summary>
    private const int MaxKeyBytes = 320;

    private readonly List<Warning> _shown = [];
    private int _count;

    public int Count => _count;

    /// <summary>What the first that concerns the pod has to say to its tenant.</summary>
    public TenantNote? ForTenant
    {
        get
        {
            foreach (var warning in _shown)
            {
                if (warning.ForTenant is { } note)
                {
                    return note;
                }
            }

            return null;
        }
    }

    public void Add(string warning) => Add(warning, forTenant: null);

    /// <summary>Adds a warning that concerns the pod and says it to its tenant in the same words.</summary>
    public void Add(string warning, EventReason reason) => Add(warning, new TenantNote(reason, warning));

    private void Add(string warning, TenantNote? forTenant)
    {
        if (HasRoom())
        {
            _shown.Add(new Warning(warning, forTenant));
        }
    }

    public void AddSecret(in CredentialSource source, string dataKey, string fault)
    {
        if (HasRoom())
        {
            var text = $"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over";
            _shown.Add(new Warning(text, new TenantNote(EventReason.SecretBroken, text)));
        }
    }

    public void AddEntry(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        // A tenant may write thousands of bad entries: no words are made of those that are not shown.
        if (!HasRoom())
        {
            return;
        }

        var where = source.IsSecret ? $"Secret {Encoding.UTF8.GetString(source.Name.Span)}" : "global auth file";
        // Who may see the Events of a namespace may not see its Secrets, and the key stands inside one.
        var forTenant = source.IsSecret ? new TenantNote(EventReason.SecretBroken, $"{where}: an entry is passed over: {fault}") : null;
        _shown.Add(new Warning($"{where}: the entry of key \"{Shorten(key)}\" is passed over: {fault}", forTenant));
    }

    /// <summary>Forgets all but the first, as before a list is read again.</summary>
    public void Truncate(int count)
    {
        _count = count;
        if (_shown.Count > count)
        {
            _shown.RemoveRange(count, _shown.Count - count);
        }
    }

    /// <summary>
    /// A key for people. Any number of slashes at its end belong to a key that matches, so a tenant could fill the log with one.
    /// </summary>
    public static string Shorten(ReadOnlySpan<byte> key) =>
        key.Length <= MaxKeyBytes ? Encoding.UTF8.GetString(key) : $"{Encoding.UTF8.GetString(key[..MaxKeyBytes])}...";

    /// <summary>Counts one more, and says whether it is shown.</summary>
    private bool HasRoom() => _count++ < MaxShown;

    public override string ToString()
    {
        var texts = new string[_shown.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = _shown[i].Text;
        }

        var all = string.Join("; ", texts);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }

    private sealed class Warning(string text, TenantNote? forTenant)
    {
        public string Text => text;

        public TenantNote? ForTenant => forTenant;
    }
}
