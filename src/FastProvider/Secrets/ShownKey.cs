using System;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Secrets;

/// <summary>A registry key as people may see it.</summary>
internal static class ShownKey
{
    /// <summary>A repository name has at most 255 characters.</summary>
    private const int MaxBytes = 320;

    /// <summary>
    /// The start of a key. Any number of slashes at its end belong to a key that matches, so a tenant could fill the log with
    /// one.
    /// </summary>
    public static string Shorten(ReadOnlySpan<byte> key)
    {
        var start = SafeText.Cut(key, MaxBytes);
        return start.Length == key.Length ? Encoding.UTF8.GetString(key) : $"{Encoding.UTF8.GetString(start)}...";
    }

    /// <summary>
    /// A registry key without what is secret: it may be the URL of a login with user and password in it, or have a token in its
    /// query.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> key)
    {
        // A password may hold any character, unescaped, too: all before the last @ is hidden.
        var at = key.LastIndexOf((byte)'@');
        if (at >= 0)
        {
            var scheme = key[..at].IndexOf("://"u8) is >= 0 and var end ? Encoding.UTF8.GetString(key[..(end + 3)]) : "";
            return $"{(scheme.Length > "https://".Length ? "" : scheme)}***@{Of(key[(at + 1)..])}";
        }

        // In the host a question mark is a wildcard.
        var host = key.IndexOf("://"u8) is >= 0 and var mark ? mark + 3 : 0;
        var path = key[host..].IndexOf((byte)'/') is >= 0 and var slash ? host + slash : key.Length;
        var query = key[path..].IndexOf((byte)'?') is >= 0 and var question ? path + question : key.Length;
        var fragment = key.IndexOf((byte)'#') is >= 0 and var hash ? hash : key.Length;
        var shown = Math.Min(query, fragment);
        return shown == key.Length ? Shorten(key) : $"{Shorten(key[..shown])}***";
    }
}
