using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace FastProvider.Mutants;

/// <summary>Tries the mutants that are written down, each in a build of its own, and prints a table.</summary>
internal static class WrittenRun
{
    /// <param name="repository">The checkout.</param>
    /// <param name="options">Which mutants, how many, and how many at once.</param>
    /// <returns>Exit status: 0 all were killed, 1 one was not, 2 the tests fail without a mutant.</returns>
    public static int Run(string repository, MutantOptions options)
    {
        var chosen = Choose(repository, options);
        var jobs = Math.Min(options.Jobs, Math.Max(chosen.Count, 1));
        using var checkouts = new BlockingCollection<MutatedCheckout>();
        for (var job = 0; job < jobs; job++)
        {
            checkouts.Add(new MutatedCheckout(repository));
        }

        try
        {
            if (!options.IsTested && Unchanged(checkouts, chosen) is { Outcome: not Outcome.Survived } unchanged)
            {
                Console.Error.WriteLine($"the tests fail without a mutation: {unchanged.Why}");
                return 2;
            }

            var verdicts = new ConcurrentDictionary<Mutant, Verdict>();
            Parallel.ForEach(chosen, new ParallelOptions { MaxDegreeOfParallelism = jobs }, mutant =>
            {
                var checkout = checkouts.Take();
                var began = DateTime.UtcNow;
                verdicts[mutant] = checkout.Try(mutant);
                if (options.Sample is not null && verdicts[mutant].Outcome is Outcome.Survived)
                {
                    // A test that draws its cases may miss one once.
                    verdicts[mutant] = checkout.Try(mutant);
                }

                checkouts.Add(checkout);
                Console.Error.WriteLine(
                    $"{(DateTime.UtcNow - began).TotalSeconds,5:F1} s law-{mutant.Law}/{mutant.Name}:"
                        + $" {verdicts[mutant].Outcome}: {verdicts[mutant].Why}");
            });

            Console.WriteLine("| law | mutant | what is broken | verdict |");
            Console.WriteLine("|--:|---|---|---|");
            foreach (var mutant in chosen)
            {
                Console.WriteLine(
                    $"| {mutant.Law} | {mutant.Name} | {mutant.What} | {verdicts[mutant].Outcome}: {verdicts[mutant].Why} |");
            }

            var killed = verdicts.Values.Count(verdict => verdict.Outcome is Outcome.Killed);
            Console.WriteLine($"{killed} of {chosen.Count} mutants killed");
            return killed == chosen.Count && killed > 0 ? 0 : 1;
        }
        finally
        {
            while (checkouts.TryTake(out var checkout))
            {
                checkout.Dispose();
            }
        }
    }

    private static Verdict Unchanged(BlockingCollection<MutatedCheckout> checkouts, List<Mutant> chosen)
    {
        var first = checkouts.Take();
        var unchanged = first.TryUnchanged(chosen);
        checkouts.Add(first);
        return unchanged;
    }

    /// <summary>A sample is another for each commit, and the same for the same commit.</summary>
    private static List<Mutant> Choose(string repository, MutantOptions options)
    {
        var named = Mutant.All(repository).Where(mutant =>
            options.Names.Count == 0 || options.Names.Contains($"law-{mutant.Law}")
                || options.Names.Contains(mutant.Name)).ToList();
        if (options.Sample is not { } count)
        {
            return named;
        }

        var commit = Git.Head(repository);
        return [.. named
            .OrderBy(
                mutant => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{commit}{mutant.Law}{mutant.Name}"))),
                StringComparer.Ordinal)
            .Take(count).OrderBy(mutant => mutant.Law).ThenBy(mutant => mutant.Name, StringComparer.Ordinal)];
    }
}
