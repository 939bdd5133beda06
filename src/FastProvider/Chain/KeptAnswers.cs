using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Chain;

/// <summary>
/// What other providers have answered, for as long as they said, for a process that stays (kubernetes,
/// pkg/credentialprovider/plugin/plugin.go, getCachedCredentials). Memory of an answer is zeroed when it ends. Safe for several
/// threads.
/// </summary>
internal sealed class KeptAnswers : IDisposable
{
    /// <summary>A node has a few mirrors of a cloud.</summary>
    public const int MaxAnswers = 64;

    /// <summary>Many times what a login takes.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    private static readonly TimeSpan LongestTime = TimeSpan.FromHours(24);

    /// <summary>A provider that was mended is asked for what it has to say after this time at the latest.</summary>
    private static readonly TimeSpan LackTime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Kept? _first;
    private int _count;

    /// <summary>How many are kept now.</summary>
    public int Count => CountOf(areLacks: false);

    /// <summary>Some pulls lacked an answer.</summary>
    public bool HasLacks => CountOf(areLacks: true) > 0;

    /// <summary>A pull lacked the answer of a provider for an endpoint; known for a while, and until there is one.</summary>
    public void NoteLack(string provider, string repository) => Keep(provider, LackOf(repository), LackTime, default);

    /// <summary>Whether a pull lacked it not long ago.</summary>
    public bool IsKnownToLack(string provider, string repository)
    {
        lock (_gate)
        {
            Drop();
            return Find(provider, LackOf(repository)) is not null;
        }
    }

    /// <summary>Finds what a provider has answered for an endpoint, or for all of its registry, or for all.</summary>
    /// <param name="provider">Which one (<see cref="ChainedRun.Identity"/>).</param>
    /// <param name="repository">The endpoint's name.</param>
    /// <param name="answer">Takes it.</param>
    /// <returns>False if there is none.</returns>
    public bool TryFind(string provider, string repository, SecretBuffer answer)
    {
        lock (_gate)
        {
            Drop();
            foreach (var scope in (ReadOnlySpan<CacheScope>)[CacheScope.Image, CacheScope.Registry, CacheScope.Global])
            {
                if (Find(provider, KeyOf(scope, repository)) is { } kept)
                {
                    answer.Write(kept.Json.WrittenSpan);
                    Drop(provider, LackOf(repository));
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Keeps answers as <see cref="Write"/> wrote them.</summary>
    /// <returns>False if the bytes are none.</returns>
    public bool Take(ref FrameReader reader)
    {
        var count = reader.Number();
        for (var i = 0; i < count && !reader.IsBroken; i++)
        {
            var (provider, key) = (reader.String(), reader.String());
            var time = TimeSpan.FromMilliseconds(Math.Clamp(reader.Long(), 0, (long)LongestTime.TotalMilliseconds));
            var json = reader.Text();
            if (!reader.IsBroken && json.Length <= MaxAnswerBytes)
            {
                Keep(provider, key, time, json);
            }
        }

        return reader.IsWhole;
    }

    /// <summary>Appends one answer for <see cref="Take"/>; the number of them stands before the first.</summary>
    /// <param name="answers">Where to.</param>
    /// <param name="provider">Who answered.</param>
    /// <param name="scope">What it is for.</param>
    /// <param name="repository">The endpoint that it was asked for.</param>
    /// <param name="time">For how long it may be kept.</param>
    /// <param name="json">The answer.</param>
    public static void Write(
        SecretBuffer answers, string provider, CacheScope scope, string repository, TimeSpan time, ReadOnlySpan<byte> json)
    {
        var writer = new FrameWriter(answers);
        writer.Text(provider);
        writer.Text(KeyOf(scope, repository));
        writer.Long((long)time.TotalMilliseconds);
        writer.Text(json);
    }

    /// <summary>Forgets what has ended.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            Drop();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Drop(all: true);
        }
    }

    private static string KeyOf(CacheScope scope, string repository) => scope switch
    {
        CacheScope.Image => repository,
        CacheScope.Registry => repository.Split('/')[0],
        _ => "",
    };

    /// <summary>No repository has such a name.</summary>
    private static string LackOf(string repository) => $"?{repository}";

    private int CountOf(bool areLacks)
    {
        lock (_gate)
        {
            var count = 0;
            for (var kept = _first; kept is not null; kept = kept.Next)
            {
                count += kept.Key.StartsWith('?') == areLacks ? 1 : 0;
            }

            return count;
        }
    }

    private Kept? Find(string provider, string key)
    {
        var kept = _first;
        while (kept is not null && (kept.Provider != provider || kept.Key != key))
        {
            kept = kept.Next;
        }

        return kept;
    }

    private void Keep(string provider, string key, TimeSpan time, ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            Drop(provider, key);
            Drop(provider, LackOf(key));
            if (time == TimeSpan.Zero)
            {
                return;
            }

            if (_count == MaxAnswers)
            {
                var soonest = Soonest()!;
                Drop(soonest.Provider, soonest.Key);
            }

            _first = new Kept(provider, key, Deadline.After(time), _first);
            _first.Json.Write(json);
            _count++;
        }
    }

    /// <summary>The one that ends first.</summary>
    private Kept? Soonest()
    {
        var soonest = _first;
        for (var kept = _first; kept is not null; kept = kept.Next)
        {
            soonest = kept.Until.Remaining <= soonest!.Until.Remaining ? kept : soonest;
        }

        return soonest;
    }

    /// <summary>Drops what has ended, the answer of a key, or all.</summary>
    private void Drop(string? provider = null, string? key = null, bool all = false)
    {
        Kept? before = null;
        for (var kept = _first; kept is not null; kept = kept.Next)
        {
            if (!all && !kept.Until.IsOver && !(kept.Provider == provider && kept.Key == key))
            {
                before = kept;
                continue;
            }

            kept.Json.Dispose();
            _count--;
            _ = before is null ? _first = kept.Next : before.Next = kept.Next;
        }
    }

    /// <summary>One of a chain: a dictionary would cost static objects at each start of the program.</summary>
    private sealed class Kept(string provider, string key, Deadline until, Kept? next)
    {
        public string Provider => provider;

        public string Key => key;

        public Deadline Until => until;

        public SecretBuffer Json { get; } = new();

        public Kept? Next { get; set; } = next;
    }
}

/// <summary>What an answer is for: its cacheKeyType.</summary>
internal enum CacheScope
{
    /// <summary>The image that was asked for.</summary>
    Image,

    /// <summary>All of its registry.</summary>
    Registry,

    /// <summary>Everything that the provider is asked for.</summary>
    Global,
}
