using System;

namespace FastProvider.Kubelet;

/// <summary>
/// An entry of <c>matchImages</c> as a kubelet compares it with an image: as many labels of the host, each a glob; the port
/// equal; the path a prefix of the text (kubernetes, pkg/credentialprovider/keyring.go, URLsMatchStr).
/// </summary>
internal sealed class ImagePattern
{
    private readonly string[] _labels;
    private readonly string _port, _path;

    public ImagePattern(string text)
    {
        var slash = text.IndexOf('/');
        var authority = slash < 0 ? text : text[..slash];
        var colon = authority.LastIndexOf(':');
        Text = text;
        _labels = (colon < 0 ? authority : authority[..colon]).Split('.');
        _port = colon < 0 ? "" : authority[colon..];
        // Every image has more of a path than the first slash.
        _path = slash < 0 || slash == text.Length - 1 ? "" : text[slash..];
    }

    public string Text { get; }

    /// <summary>Why a kubelet never asks for an image of this prefix of registries.conf, or cannot; null if it does.</summary>
    public static string? WhyNeverAsked(string prefix)
    {
        var slash = prefix.IndexOf('/');
        var host = slash < 0 ? prefix : prefix[..slash];
        var path = slash < 0 ? "" : prefix[slash..];
        return path.Contains('@') || path.Contains(':') ? "the kubelet asks for repositories, without tag or digest"
            : prefix.LastIndexOf('*') > (prefix.StartsWith("*.", StringComparison.Ordinal) ? 0 : -1)
                ? "no image has an asterisk in its name"
            : host.Contains('[') ? "a kubelet takes the brackets of an IPv6 address for a glob"
            : host is "index.docker.io" ? "a kubelet calls it docker.io"
            : host.AsSpan().IndexOfAny('.', ':') < 0 && host != "localhost"
                ? $"an image {prefix} is docker.io/library/{prefix} to a kubelet"
            : null;
    }

    /// <summary>Why this entry is for no image at all; null if it may be for some.</summary>
    public string? WhyNeverMatches() =>
        Text.Contains("://", StringComparison.Ordinal) ? "a kubelet takes no scheme"
        : _path.Contains('*') ? "the path is compared letter by letter, an asterisk in it as well"
        : WhyNeverAsked(Text) is { } why && !Text.Contains('*') ? why
        : null;

    /// <summary>Every image of the other, an image's name or a pattern, is one of this.</summary>
    public bool Covers(ImagePattern other) =>
        HasHostOf(other, static (mine, its) => Takes(mine, its)) && other._path.StartsWith(_path, StringComparison.Ordinal);

    /// <summary>Some image may be one of both.</summary>
    public bool Meets(ImagePattern other) =>
        HasHostOf(other, static (mine, its) => Takes(mine, its) || Takes(its, mine))
        && (other._path.StartsWith(_path, StringComparison.Ordinal) || _path.StartsWith(other._path, StringComparison.Ordinal));

    private bool HasHostOf(ImagePattern other, Func<string, string, bool> matches)
    {
        if (_labels.Length != other._labels.Length || _port != other._port)
        {
            return false;
        }

        for (var i = 0; i < _labels.Length; i++)
        {
            if (!matches(_labels[i], other._labels[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Every text of the other label, a glob itself or a plain one, is one of mine; of its brackets only as a whole.
    /// </summary>
    private static bool Takes(string mine, string its) => mine == its || (its.Contains('[') ? mine is "*" : Matches(mine, its));

    /// <summary>
    /// One label by Go's path.Match: an asterisk is any text, a question mark one character, brackets one of a set. A text with
    /// an asterisk of its own is matched only by what takes every such text as well.
    /// </summary>
    private static bool Matches(ReadOnlySpan<char> glob, ReadOnlySpan<char> text)
    {
        // After an asterisk that took too little, the last one takes one character more; earlier ones need not.
        ReadOnlySpan<char> globBehind = default, textBehind = default;
        var hasAsterisk = false;
        while (!text.IsEmpty || !glob.IsEmpty)
        {
            if (!glob.IsEmpty && glob[0] == '*')
            {
                hasAsterisk = true;
                glob = glob[1..];
                globBehind = glob;
                textBehind = text;
                continue;
            }

            var rest = glob;
            if (!text.IsEmpty && !glob.IsEmpty && (text[0] is not ('*' or '?') || (text[0] == '?' && glob[0] == '?'))
                && TakesOne(ref rest, text[0]))
            {
                glob = rest;
                text = text[1..];
                continue;
            }

            if (!hasAsterisk || textBehind.IsEmpty)
            {
                return false;
            }

            textBehind = textBehind[1..];
            glob = globBehind;
            text = textBehind;
        }

        return true;
    }

    private static bool TakesOne(ref ReadOnlySpan<char> glob, char c)
    {
        var first = glob[0];
        var end = first == '[' ? glob.IndexOf(']') : 0;
        if (first == '[' && end > 1)
        {
            var set = glob[1..end];
            glob = glob[(end + 1)..];
            var isNegated = set[0] == '^';
            return IsIn(isNegated ? set[1..] : set, c) != isNegated;
        }

        glob = glob[1..];
        return first == '?' || first == c;
    }

    private static bool IsIn(ReadOnlySpan<char> set, char c)
    {
        for (var i = 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            if (isRange ? c >= set[i] && c <= set[i + 2] : c == set[i])
            {
                return true;
            }

            i += isRange ? 2 : 0;
        }

        return false;
    }
}
