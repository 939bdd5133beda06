using System;
using System.Collections.Generic;
using System.Text;
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

    private readonly List<string> _shown = [];
    private int _count;

    public int Count => _count;

    public void Add(string warning)
    {
        if (HasRoom())
        {
            _shown.Add(warning);
        }
    }

    public void AddSecret(in CredentialSource source, string dataKey, string fault)
    {
        if (HasRoom())
        {
            _shown.Add($"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over");
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
        _shown.Add($"{where}: the entry of key \"{Shorten(key)}\" is passed over: {fault}");
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
        var all = string.Join("; ", _shown);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }
}
