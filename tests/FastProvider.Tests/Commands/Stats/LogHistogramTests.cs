using CsCheck;
using FastProvider.Metrics;

namespace FastProvider.Tests.Commands.Stats;

public sealed class LogHistogramTests
{
    /// <summary>Numbers of all sizes, and those beside the powers of two.</summary>
    private static readonly Gen<long> Number = Gen.OneOf(
        Gen.Select(Gen.Int[0, 62], Gen.Long[0, long.MaxValue], (bits, number) => number >> bits),
        Gen.Select(Gen.Int[0, 62], Gen.Int[-1, 1], (power, more) => Math.Max(0, (1L << power) + more)));

    [Fact]
    public void A_quantile_is_within_a_64th_of_the_number_at_its_place() =>
        Gen.Select(Number.Array[1, 300], Gen.Int[1, 100]).Sample((numbers, percent) =>
        {
            var histogram = Of(numbers);
            Array.Sort(numbers);
            var exact = numbers[(numbers.Length * percent + 99) / 100 - 1];

            var given = histogram.Percentile(percent);
            Assert.True(Int128.Abs((Int128)exact - given) * 64 <= exact, $"{given} for {exact}");
        });

    [Fact]
    public void Count_sum_and_largest_are_exact() =>
        Number.Array[0, 100].Sample(numbers =>
        {
            var histogram = Of(numbers);
            Assert.Equal((numbers.Length, numbers.DefaultIfEmpty().Max()), (histogram.Count, histogram.Max));
            Assert.Equal((long)Int128.Min(long.MaxValue, numbers.Aggregate(Int128.Zero, (sum, n) => sum + n)), histogram.Sum);
        });

    [Fact]
    public void Quantiles_rise_to_the_largest() =>
        Number.Array[1, 100].Sample(numbers =>
        {
            var histogram = Of(numbers);
            var quantiles = Enumerable.Range(1, 100).Select(histogram.Percentile).ToArray();
            Assert.Equal(quantiles.Order(), quantiles);
            Assert.True(quantiles[^1] <= histogram.Max);
        });

    [Fact]
    public void Of_nothing_there_is_nothing()
    {
        var histogram = Of([]);
        Assert.Equal((0, 0, 0, 0), (histogram.Percentile(99), histogram.Count, histogram.Sum, histogram.Max));
    }

    private static LogHistogram Of(long[] numbers)
    {
        var histogram = new LogHistogram();
        foreach (var number in numbers)
        {
            histogram.Add(number);
        }

        return histogram;
    }
}
