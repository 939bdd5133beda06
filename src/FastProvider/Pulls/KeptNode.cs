using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Transport;

namespace FastProvider.Pulls;

/// <summary>
/// What a host that stays keeps of the node's files from one pull for the next: registries.conf, crio.conf, the kubeconfig and the
/// CA, each for as long as the files are the same (<see cref="FileStamps"/>). Nothing of a Secret is among it. Safe for several
/// threads.
/// </summary>
internal sealed class KeptNode
{
    /// <summary>A node runs some hundred images; what has no place is read again.</summary>
    private const int MaxImages = 512;

    private const int LongestKeptImage = 512;

    private KeptCrio? _crio;
    private KeptRoute? _route;
    private KeptSources? _sources;

    /// <summary>As <see cref="CrioConf.Read(string, FileStamps)"/>.</summary>
    public CrioConf Crio()
    {
        if (Volatile.Read(ref _crio) is { } kept && kept.Stamps.Hold())
        {
            return kept.Conf;
        }

        var stamps = new FileStamps();
        var conf = CrioConf.Read(stamps: stamps);
        Volatile.Write(ref _crio, new KeptCrio(conf, stamps));
        return conf;
    }

    /// <summary>As <see cref="ApiServerRoute.Find"/>.</summary>
    /// <param name="options">The settings; those of the pull before are the same object where they are the same.</param>
    /// <param name="variable">Looks a variable up; as the settings.</param>
    /// <param name="kubelet">What is known of the kubelet.</param>
    /// <param name="route">Server and proxy; without meaning after a failure.</param>
    public Failure? FindRoute(Options options, Func<string, string?> variable, KubeletHint kubelet, out ApiServerRoute route)
    {
        if (Volatile.Read(ref _route) is { } kept && ReferenceEquals(kept.Options, options)
            && ReferenceEquals(kept.Variable, variable) && kept.ParentId == kubelet.ParentId && kept.Stamps.Hold())
        {
            route = kept.Route;
            return null;
        }

        var stamps = new FileStamps();
        var failure = ApiServerRoute.Find(options.ToApiServer(kubelet, stamps), variable, out route);
        if (failure is null)
        {
            Volatile.Write(ref _route, new KeptRoute(options, variable, kubelet.ParentId, route, stamps));
        }

        return failure;
    }

    /// <summary>As <see cref="PullSources.Find"/>.</summary>
    /// <param name="files">The configuration.</param>
    /// <param name="image">The repository name.</param>
    /// <param name="resources">Memory for the reading; null to make it.</param>
    public Result<PullSources> FindSources(RegistriesFiles files, ReadOnlySpan<byte> image, PullResources? resources)
    {
        var kept = Volatile.Read(ref _sources);
        if (kept is null || kept.Files != files || !kept.Stamps.Hold())
        {
            var stamps = new FileStamps();
            RegistriesSearch.Note(files, stamps);
            kept = new KeptSources(files, stamps);
            Volatile.Write(ref _sources, kept);
        }

        Span<char> name = stackalloc char[LongestKeptImage];
        var isKeepable = Encoding.UTF8.TryGetChars(image, name, out var length);
        name = name[..length];
        if (isKeepable && kept.Find(name) is { } found)
        {
            return found;
        }

        var read = resources is null ? PullSources.Find(files, image) : resources.FindSources(files, image);
        // What was read belongs to the stamps only if nothing changed meanwhile.
        if (isKeepable && read.IsOk && kept.Stamps.Hold())
        {
            kept.Add(name, read.Value);
        }

        return read;
    }

    private sealed record KeptCrio(CrioConf Conf, FileStamps Stamps);

    private sealed record KeptRoute(
        Options Options, Func<string, string?> Variable, int? ParentId, ApiServerRoute Route, FileStamps Stamps);

    private sealed class KeptSources(RegistriesFiles files, FileStamps stamps)
    {
        private readonly Dictionary<string, PullSources> _ofImages = new(StringComparer.Ordinal);

        public RegistriesFiles Files => files;

        public FileStamps Stamps => stamps;

        public PullSources? Find(ReadOnlySpan<char> image)
        {
            lock (_ofImages)
            {
                return _ofImages.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(image, out var found) ? found : null;
            }
        }

        public void Add(ReadOnlySpan<char> image, PullSources sources)
        {
            lock (_ofImages)
            {
                if (_ofImages.Count < MaxImages)
                {
                    _ofImages[image.ToString()] = sources;
                }
            }
        }
    }
}
