using System;
using System.Collections.Generic;
using FastProvider.Kubelet;
using FastProvider.Mirrors;

namespace FastProvider.Commands.Generate;

/// <summary>
/// The entries of <c>matchImages</c> for the prefixes of registries.conf that a pull may need credentials for, as a kubelet
/// matches them: as many labels of the host, each a glob; the port equal; the path a prefix of the text.
/// </summary>
internal sealed class MatchImages
{
    /// <summary>
    /// So many labels may stand for the asterisk of a wildcard prefix, for which registries.conf takes any number.
    /// </summary>
    public const int WildcardLabels = 3;

    private readonly List<ImagePattern> _patterns = [];

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
        if (ImagePattern.WhyNeverAsked(prefix) is { } why)
        {
            LeftOut.Add((prefix, why));
            return;
        }

        if (prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            HasWildcard = true;
            HasBareHost = true;
            var entry = prefix;
            for (var labels = 0; labels < WildcardLabels; labels++)
            {
                Add(new ImagePattern(entry));
                entry = "*." + entry;
            }

            return;
        }

        HasBareHost |= !prefix.Contains('/') && !prefix.Contains(':');
        Add(new ImagePattern(prefix));
    }

    private void Add(ImagePattern added)
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
}
