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

    private readonly List<string> _shown = [];
    private int _count;

    public int Count => _count;

    public void Add(string warning)
    {
        if (_count++ < MaxShown)
        {
            _shown.Add(warning);
        }
    }

    public void AddSecret(in CredentialSource source, string dataKey, string fault) =>
        Add($"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over");

    public void AddEntry(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        var where = source.IsSecret ? $"Secret {Encoding.UTF8.GetString(source.Name.Span)}" : "global auth file";
        Add($"{where}: the entry of key \"{Encoding.UTF8.GetString(key)}\" is passed over: {fault}");
    }

    /// <summary>Forgets all, as before a list is read again.</summary>
    public void Clear()
    {
        _shown.Clear();
        _count = 0;
    }

    public override string ToString()
    {
        var all = string.Join("; ", _shown);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }
}
