using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Secrets;

namespace FastProvider.Commands.Explain;

/// <summary>
/// The keys that were met, by their hosts: a registry may have 100,000 mirrors and the Secrets as many keys, and each endpoint is
/// compared with those alone that may be of its host.
/// </summary>
internal sealed class KeyIndex
{
    private readonly IReadOnlyList<TracedKey> _keys;
    private readonly Dictionary<string, List<int>> _placesByHost = [];
    private readonly List<int> _placesOfWildcards = [];

    public KeyIndex(IReadOnlyList<TracedKey> keys)
    {
        _keys = keys;
        for (var place = 0; place < keys.Count; place++)
        {
            var key = RegistryKey.Parse(keys[place].Key);
            if (key.Globs > 0)
            {
                _placesOfWildcards.Add(place);
                continue;
            }

            var host = NameOf(key.Host);
            if (!_placesByHost.TryGetValue(host, out var places))
            {
                _placesByHost.Add(host, places = []);
            }

            places.Add(place);
        }
    }

    /// <summary>How many keys there are in all.</summary>
    public int Count => _keys.Count;

    /// <summary>The keys that are not of another registry for certain, as they were met.</summary>
    public List<TracedKey> Near(EndpointCredential endpoint)
    {
        List<int> places = [.. _placesByHost.GetValueOrDefault(NameOf(endpoint.Repository.Host)) ?? [], .. _placesOfWildcards];
        places.Sort();
        return places.ConvertAll(place => _keys[place]);
    }

    /// <summary>Docker Hub has three names.</summary>
    private static string NameOf(ReadOnlySpan<byte> host)
    {
        var name = Encoding.Latin1.GetString(host).ToLowerInvariant();
        return name is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : name;
    }
}
