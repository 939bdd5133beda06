using System;
using System.Threading;
using FastProvider.Pulls;

namespace FastProvider.Metrics;

/// <summary>
/// Pulls by namespace: the first ones by their names, all that come later together, as tenants may make any number of namespaces.
/// A namespace keeps its place for as long as the process lives. Safe for several threads, none of which waits.
/// </summary>
internal sealed class NamespaceCounts
{
    /// <summary>How many have counts of their own.</summary>
    public const int MaxNamed = 200;

    /// <summary>So many more that a search ends soon.</summary>
    public const int Places = 512;

    /// <summary>Of <see cref="OutcomeCounts"/>: an array of these would be a type that each start pays for.</summary>
    private readonly object?[] _places = new object?[Places];
    private readonly OutcomeCounts _others = new([]);
    private int _named;

    /// <summary>The counts of all others.</summary>
    public OutcomeCounts Others => _others;

    /// <summary>The counts of a place; null if no namespace has it.</summary>
    public OutcomeCounts? this[int place] => (OutcomeCounts?)Volatile.Read(ref _places[place]);

    /// <summary>Counts a pull. Nothing is allocated but for the first pull of a namespace.</summary>
    /// <param name="name">The namespace; empty where none is known, and then it counts with the others.</param>
    /// <param name="outcome">How the pull ended.</param>
    public void Add(ReadOnlySpan<byte> name, PullOutcome outcome) => Of(name).Add(outcome);

    private OutcomeCounts Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return _others;
        }

        for (var place = PlaceOf(name);; place = (place + 1) % Places)
        {
            var found = this[place];
            if (found is null)
            {
                if (Interlocked.Increment(ref _named) > MaxNamed)
                {
                    Interlocked.Decrement(ref _named);
                    return _others;
                }

                var added = new OutcomeCounts(name.ToArray());
                found = (OutcomeCounts?)Interlocked.CompareExchange(ref _places[place], added, null);
                if (found is null)
                {
                    return added;
                }

                Interlocked.Decrement(ref _named); // another thread was first
            }

            if (name.SequenceEqual(found.Name))
            {
                return found;
            }
        }
    }

    private static int PlaceOf(ReadOnlySpan<byte> name)
    {
        // FNV-1a: names chosen so that they meet cost a search among 200 at most.
        var hash = 2166136261u;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 16777619;
        }

        return (int)(hash % Places);
    }
}

/// <summary>Pulls by how they ended.</summary>
/// <param name="name">Whose they are.</param>
internal sealed class OutcomeCounts(byte[] name)
{
    private readonly long[] _counts = new long[(int)PullOutcome.Other + 1];

    public ReadOnlySpan<byte> Name => name;

    public long this[PullOutcome outcome] => Volatile.Read(ref _counts[(int)outcome]);

    public void Add(PullOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);
}
