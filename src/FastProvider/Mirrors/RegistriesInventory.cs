using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Mirrors;

/// <summary>All tables of the configuration of registries, where a pull keeps only the one that decides for its image.</summary>
internal sealed class RegistriesInventory
{
    private readonly Dictionary<string, int> _places = [];
    private readonly List<Entry> _file = [];
    private string _path = "";

    private RegistriesInventory()
    {
    }

    /// <summary>The table that counts for each prefix, in the order in which the prefixes came.</summary>
    public List<Entry> Tables { get; } = [];

    /// <summary>The tables that never count, as one above them in the same file has their prefix.</summary>
    public List<Entry> Repeated { get; } = [];

    /// <summary>The files that were read, in their order.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Reads all files; an invalid one is the same failure as in a pull.</summary>
    public static Result<RegistriesInventory> Read(RegistriesFiles files)
    {
        var inventory = new RegistriesInventory();
        var merge = new RegistriesMerge(default) { Inventory = inventory };
        return RegistriesSearch.Read(files, ref merge) is { } failure ? failure : inventory;
    }

    /// <summary>The tables whose images are pulled from elsewhere.</summary>
    public List<Entry> Redirecting()
    {
        List<Entry> redirecting = [];
        foreach (var table in Tables)
        {
            if (table.Redirects)
            {
                redirecting.Add(table);
            }
        }

        return redirecting;
    }

    /// <summary>The table that decides for an image; null if none does.</summary>
    /// <param name="image">A normalised repository name, UTF-8.</param>
    public Entry? Deciding(ReadOnlySpan<byte> image)
    {
        Entry? best = null;
        foreach (var table in Tables)
        {
            var prefix = Encoding.UTF8.GetBytes(table.Prefix);
            if (PrefixMatcher.MatchedLength(image, prefix) >= 0
                && (best is null || PrefixMatcher.Decides(prefix, Encoding.UTF8.GetBytes(best.Prefix))))
            {
                best = table;
            }
        }

        return best;
    }

    /// <summary>A reader begins a file, perhaps after another reader has given it up.</summary>
    public void BeginFile(ReadOnlySpan<byte> path)
    {
        _path = Encoding.UTF8.GetString(path);
        _file.Clear();
    }

    /// <summary>Takes a table of the file that is being read.</summary>
    public void Add(in RegistryTable table, ReadOnlySpan<MirrorTable> mirrors, ReadOnlySpan<byte> text)
    {
        var locations = new string[mirrors.Length];
        for (var i = 0; i < mirrors.Length; i++)
        {
            locations[i] = Encoding.UTF8.GetString(mirrors[i].Location.In(text));
        }

        _file.Add(new Entry(
            _path, Encoding.UTF8.GetString(table.Prefix.In(text)), Encoding.UTF8.GetString(table.Location.In(text)), locations));
    }

    /// <summary>The file is valid: the first of its tables with a prefix counts, and replaces that of an earlier file.</summary>
    public void EndFile()
    {
        Files.Add(_path);
        foreach (var entry in _file)
        {
            if (!_places.TryGetValue(entry.Prefix, out var place))
            {
                _places.Add(entry.Prefix, Tables.Count);
                Tables.Add(entry);
            }
            else if (Tables[place].File != _path)
            {
                Tables[place] = entry;
            }
            else
            {
                Repeated.Add(entry);
            }
        }
    }

    /// <summary>One table.</summary>
    /// <param name="file">The path of its file.</param>
    /// <param name="prefix">Its prefix; the location if it has none.</param>
    /// <param name="location">Its location; empty for a wildcard that keeps the image's name.</param>
    /// <param name="mirrors">Where its mirrors are.</param>
    public sealed class Entry(string file, string prefix, string location, string[] mirrors)
    {
        public string File => file;

        public string Prefix => prefix;

        public string Location => location;

        public string[] Mirrors => mirrors;

        /// <summary>Images of this prefix are pulled from elsewhere, so a pull of theirs may need credentials of ours.</summary>
        public bool Redirects => mirrors.Length > 0 || (location.Length > 0 && location != prefix);
    }
}
