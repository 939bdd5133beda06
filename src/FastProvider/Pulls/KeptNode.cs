using System;
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
/// What a host that stays keeps of the node's files from one pull for the next: registries.conf, crio.conf, the kubeconfig and
/// the CA, each for as long as the files are the same (<see cref="FileStamps"/>). Nothing of a Secret is among it. Safe for
/// several threads.
/// </summary>
internal sealed class KeptNode
{
    /// <summary>A node runs some hundred images; what has no place is read again.</summary>
    private const int MaxImages = 512;

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

        if (kept.Find(image) is { } found)
        {
            return found;
        }

        var read = resources is null ? PullSources.Find(files, image) : resources.FindSources(files, image);
        // What was read belongs to the stamps only if nothing changed meanwhile.
        if (read.IsOk && kept.Stamps.Hold())
        {
            kept.Add(image, read.Value);
        }

        return read;
    }

    private sealed class KeptCrio(CrioConf conf, FileStamps stamps)
    {
        public CrioConf Conf => conf;

        public FileStamps Stamps => stamps;
    }

    private sealed class KeptRoute(
        Options options, Func<string, string?> variable, int? parentId, ApiServerRoute route, FileStamps stamps)
    {
        public Options Options => options;

        public Func<string, string?> Variable => variable;

        public int? ParentId => parentId;

        public ApiServerRoute Route => route;

        public FileStamps Stamps => stamps;
    }

    private sealed class KeptSources(RegistriesFiles files, FileStamps stamps)
    {
        private KeptImage? _last;

        public RegistriesFiles Files => files;

        public FileStamps Stamps => stamps;

        public PullSources? Find(ReadOnlySpan<byte> image)
        {
            for (var kept = Volatile.Read(ref _last); kept is not null; kept = kept.Before)
            {
                if (image.SequenceEqual(kept.Image))
                {
                    return kept.Sources;
                }
            }

            return null;
        }

        /// <summary>What another thread adds at the same time may be lost, and is read again.</summary>
        public void Add(ReadOnlySpan<byte> image, PullSources sources)
        {
            var before = Volatile.Read(ref _last);
            if (before is null || before.Number < MaxImages)
            {
                Volatile.Write(ref _last, new KeptImage(image.ToArray(), sources, before));
            }
        }
    }

    /// <summary>One of a chain: a dictionary would cost static objects at each start of the program.</summary>
    private sealed class KeptImage(byte[] image, PullSources sources, KeptImage? before)
    {
        public byte[] Image => image;

        public PullSources Sources => sources;

        public KeptImage? Before => before;

        public int Number { get; } = before is null ? 1 : before.Number + 1;
    }
}
