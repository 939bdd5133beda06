using System.Globalization;

namespace FastProvider.Mutants;

/// <summary>What was asked for on the command line.</summary>
/// <param name="IsSimple">The simple mutants of rooms, not those that are written down.</param>
/// <param name="Jobs">How many at once.</param>
/// <param name="Sample">How many of them; null for all.</param>
/// <param name="IsTested">The tests have just passed without a mutant, so they are not run to see that.</param>
/// <param name="Names">Laws, mutants or rooms; empty for all.</param>
internal sealed record MutantOptions(bool IsSimple, int Jobs, int? Sample, bool IsTested, IReadOnlyList<string> Names)
{
    /// <exception cref="FormatException">A number is missing or none.</exception>
    public static MutantOptions Read(string[] args)
    {
        var options = new MutantOptions(IsSimple: false, Jobs: 1, Sample: null, IsTested: false, []);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--jobs" => options with { Jobs = Number(args, ++i) },
                "--sample" => options with { Sample = Number(args, ++i) },
                "--tested" => options with { IsTested = true },
                "simple" => options with { IsSimple = true },
                var name => options with { Names = [.. options.Names, name] },
            };
        }

        return options;
    }

    private static int Number(string[] args, int at) =>
        at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{args[at - 1]} needs a number");
}
