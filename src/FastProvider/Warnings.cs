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

    private readonly List<string> _shown = [];
    private int _forTenantAt;
    private int _count;

    public int Count => _count;

    /// <summary>How many are kept in words.</summary>
    public int MaxShown { get; init; } = ShownInLine;

    /// <summary>Those in words.</summary>
    public IReadOnlyList<string> Shown => _shown;

    /// <summary>Takes every key that is met, where somebody wants to see them; null in a pull.</summary>
    public KeyTrace? Trace { get; init; }

    /// <summary>What the first that concerns the pod has to say to its tenant.</summary>
    public TenantNote? ForTenant { get; private set; }

    public void Add(string warning)
    {
        if (HasRoom())
        {
            _shown.Add(warning);
        }
    }

    /// <summary>Adds a warning that concerns the pod and says it to its tenant in the same words.</summary>
    public void Add(string warning, EventReason reason)
    {
        Add(warning);
        Tell(reason, warning);
    }

    public void AddSecret(in CredentialSource source, string dataKey, string fault)
    {
        if (HasRoom())
        {
            var text = $"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over";
            Tell(EventReason.SecretBroken, text);
            _shown.Add(text);
        }
    }

    public void AddEntry(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        Trace?.Refuse(source, key, fault);
        // A tenant may write thousands of bad entries: no words are made of those that are not shown.
        if (!HasRoom())
        {
            return;
        }

        var where = source.IsSecret ? $"Secret {Encoding.UTF8.GetString(source.Name.Span)}" : "global auth file";
        if (source.IsSecret)
        {
            // Who may see the Events of a namespace may not see its Secrets, and the key stands inside one.
            Tell(EventReason.SecretBroken, $"{where}: an entry is passed over: {fault}");
        }

        _shown.Add($"{where}: the entry of key \"{Shorten(key)}\" is passed over: {fault}");
    }

    /// <summary>Forgets all but the first, as before a list is read again.</summary>
    public void Truncate(int count)
    {
        Trace?.Truncate(0);
        _count = count;
        if (_shown.Count > count)
        {
            _shown.RemoveRange(count, _shown.Count - count);
        }

        ForTenant = _forTenantAt <= count ? ForTenant : null;
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
        var all = string.Join("; ", _shown);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }

    /// <summary>Only the first is told, so only that is kept, and how many warnings there were with it.</summary>
    private void Tell(EventReason reason, string text)
    {
        if (ForTenant is null)
        {
            ForTenant = new TenantNote(reason, text);
            _forTenantAt = _count;
        }
    }
}
