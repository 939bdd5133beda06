using System;
using System.Collections.Generic;
using FastProvider.Mirrors;

namespace FastProvider.Commands.Generate;

/// <summary>
/// The entries of <c>matchImages</c> for the prefixes of registries.conf that a pull may need credentials for, as a kubelet matches
/// them: as many labels of the host, each a glob; the port equal; the path a prefix of the text.
/// </summary>
internal sealed class MatchImages
{
    /// <summary>So many labels may stand for the asterisk of a wildcard prefix, for which registries.conf takes any number.</summary>
    public const int WildcardLabels = 3;

    private readonly List<Pattern> _patterns = [];

    /// <summary>In the order of the prefixes; none covers another.</summary>
    public List<string> Entries { get; } = [];

    /// <summary>Prefixes that no entry can be made for, with the reason.</summary>
    public List<(string Prefix, string Why)> LeftOut { get; } = [];

    /// <summary>A prefix stands for any number of labels.</summary>
    public bool HasWildcard { get; private set; }

    /// <summary>A prefix is a host without port, which registries.conf takes for every port of the host.</summary>
    public bool HasBareHost { get; private set; }

    public static MatchImages Of(RegistriesInventory inventory)
    {
        var images = new MatchImages();
        foreach (var table in inventory.Tables)
        {
            if (table.Redirects)
            {
                images.Add(table.Prefix);
            }
        }

        foreach (var pattern in images._patterns)
        {
            images.Entries.Add(pattern.Text);
        }

        return images;
    }

    private void Add(string prefix)
    {
        if (prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            HasWildcard = true;
            HasBareHost = true;
            var entry = prefix;
            for (var labels = 0; labels < WildcardLabels; labels++)
            {
                Add(new Pattern(entry));
                entry = "*." + entry;
            }

            return;
        }

        var slash = prefix.IndexOf('/');
        var host = slash < 0 ? prefix : prefix[..slash];
        if (WhyNever(prefix, host, slash < 0 ? "" : prefix[slash..]) is { } why)
        {
            LeftOut.Add((prefix, why));
            return;
        }

        HasBareHost |= slash < 0 && !host.Contains(':');
        Add(new Pattern(prefix));
    }

    /// <summary>Why the kubelet never asks for an image of this prefix, or cannot.</summary>
    private static string? WhyNever(string prefix, string host, string path) =>
        path.Contains('@') || path.Contains(':') ? "the kubelet asks for repositories, without tag or digest"
        : host.Contains('[') ? "a kubelet takes the brackets of an IPv6 address for a glob"
        : host is "index.docker.io" ? "a kubelet calls it docker.io"
        : host.AsSpan().IndexOfAny('.', ':') < 0 && host != "localhost" ? $"an image {prefix} is docker.io/library/{prefix} to a kubelet"
        : null;

    private void Add(Pattern added)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Covers(added))
            {
                return;
            }
        }

        _patterns.RemoveAll(added.Covers);
        _patterns.Add(added);
    }

    /// <summary>One entry, taken apart.</summary>
    private sealed class Pattern
    {
        private readonly string[] _labels;
        private readonly string _port, _path;

        public Pattern(string text)
        {
            var slash = text.IndexOf('/');
            var authority = slash < 0 ? text : text[..slash];
            var colon = authority.LastIndexOf(':');
            Text = text;
            _labels = (colon < 0 ? authority : authority[..colon]).Split('.');
            _port = colon < 0 ? "" : authority[colon..];
            _path = slash < 0 ? "" : text[slash..];
        }

        public string Text { get; }

        /// <summary>Every image that matches the other matches this one.</summary>
        public bool Covers(Pattern other)
        {
            if (_labels.Length != other._labels.Length || _port != other._port || !other._path.StartsWith(_path, StringComparison.Ordinal))
            {
                return false;
            }

            for (var i = 0; i < _labels.Length; i++)
            {
                if (_labels[i] != "*" && _labels[i] != other._labels[i])
                {
                    return false;
                }
            }

            return true;
        }
    }
}
