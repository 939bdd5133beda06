using System;
using System.Buffers.Text;
using FastProvider.Base;

namespace FastProvider.Metrics;

/// <summary>One metric with its samples, in Prometheus' text format 0.0.4. Help and values of labels are texts of ours.</summary>
internal readonly ref struct MetricFamily
{
    private readonly SafeText _text;
    private readonly ReadOnlySpan<byte> _name;

    private MetricFamily(SafeText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, ReadOnlySpan<byte> help)
    {
        _text = text;
        _name = name;
        text.Append("# HELP "u8).Append(name).Append(" "u8).Append(help).EndLine();
        text.Append("# TYPE "u8).Append(name).Append(" "u8).Append(type).EndLine();
    }

    public static MetricFamily OfGauge(SafeText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help) =>
        new(text, name, "gauge"u8, help);

    public static MetricFamily OfSummary(SafeText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help) =>
        new(text, name, "summary"u8, help);

    /// <param name="text">Takes it.</param>
    /// <param name="name">Ends in <c>_total</c>.</param>
    /// <param name="help">What it counts.</param>
    public static MetricFamily OfCounter(SafeText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help) =>
        new(text, name, "counter"u8, help);

    public static MetricFamily OfHistogram(SafeText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help) =>
        new(text, name, "histogram"u8, help);

    /// <summary>The only sample of a gauge or counter.</summary>
    public void Value(long value) => _text.Append(_name).Append(" "u8).Append(value).EndLine();

    /// <summary>The only sample, of a metric that is in seconds.</summary>
    public void Seconds(long microseconds)
    {
        _text.Append(_name).Append(" "u8);
        AppendSeconds(microseconds);
        _text.EndLine();
    }

    /// <summary>A sample of a gauge or counter.</summary>
    public void Value(ReadOnlySpan<byte> label, ReadOnlySpan<byte> word, long value)
    {
        Begin(""u8, label, word, default, default);
        _text.Append(value).EndLine();
    }

    /// <summary>A sample with two labels; neither value is empty.</summary>
    public void Value(
        ReadOnlySpan<byte> label, ReadOnlySpan<byte> word, ReadOnlySpan<byte> second, ReadOnlySpan<byte> secondWord, long value)
    {
        Begin(""u8, label, word, second, secondWord);
        _text.Append(value).EndLine();
    }

    /// <summary>The samples of a histogram.</summary>
    /// <param name="phase">What it is of; empty if the metric has no such label.</param>
    /// <param name="times">What it is made of.</param>
    /// <param name="kind">Which of these times.</param>
    public void Histogram(ReadOnlySpan<byte> phase, TimeHistogram times, int kind = 0)
    {
        var count = 0L;
        Span<byte> bound = stackalloc byte[16];
        for (var i = 0; i < TimeHistogram.Bounds; i++)
        {
            count += times.CountOf(i, kind);
            Begin("_bucket"u8, "phase"u8, phase, "le"u8, FormatSeconds(TimeHistogram.BoundUs(i), bound));
            _text.Append(count).EndLine();
        }

        count += times.CountOf(TimeHistogram.Bounds, kind);
        Begin("_bucket"u8, "phase"u8, phase, "le"u8, "+Inf"u8);
        _text.Append(count).EndLine();
        Begin("_sum"u8, "phase"u8, phase, default, default);
        AppendSeconds(times.SumUs(kind));
        _text.EndLine();
        Begin("_count"u8, "phase"u8, phase, default, default);
        _text.Append(count).EndLine();
    }

    /// <summary>The samples of a summary. There are no quantiles of nothing.</summary>
    /// <param name="phase">What it is of; empty if the metric has no such label.</param>
    /// <param name="numbers">What it is made of.</param>
    /// <param name="areMicroseconds">The metric is in seconds then.</param>
    public void Summary(ReadOnlySpan<byte> phase, LogHistogram numbers, bool areMicroseconds)
    {
        if (numbers.Count > 0)
        {
            Summary(""u8, phase, "0.5"u8, numbers.Percentile(50), areMicroseconds);
            Summary(""u8, phase, "0.9"u8, numbers.Percentile(90), areMicroseconds);
            Summary(""u8, phase, "0.99"u8, numbers.Percentile(99), areMicroseconds);
            Summary(""u8, phase, "1"u8, numbers.Max, areMicroseconds);
        }

        Summary("_sum"u8, phase, default, numbers.Sum, areMicroseconds);
        Summary("_count"u8, phase, default, numbers.Count, areMicroseconds: false);
    }

    private void Summary(
        ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> phase, ReadOnlySpan<byte> quantile, long value, bool areMicroseconds)
    {
        Begin(suffix, "phase"u8, phase, "quantile"u8, quantile);
        if (areMicroseconds)
        {
            AppendSeconds(value);
        }
        else
        {
            _text.Append(value);
        }

        _text.EndLine();
    }

    /// <summary>Name and labels; one without a value is left out.</summary>
    private void Begin(
        ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> label, ReadOnlySpan<byte> value, ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> secondValue)
    {
        _text.Append(_name).Append(suffix);
        if (!value.IsEmpty)
        {
            _text.Append("{"u8).Append(label).Append("=\""u8).Append(value).Append("\""u8);
        }

        if (!secondValue.IsEmpty)
        {
            _text.Append(value.IsEmpty ? "{"u8 : ","u8).Append(second).Append("=\""u8).Append(secondValue).Append("\""u8);
        }

        _text.Append(value.IsEmpty && secondValue.IsEmpty ? " "u8 : "} "u8);
    }

    /// <summary>Exactly, with six digits after the point.</summary>
    private void AppendSeconds(long microseconds)
    {
        _text.Append(microseconds / 1_000_000).Append("."u8);
        for (var unit = 100_000; unit > 0; unit /= 10)
        {
            _text.Append(microseconds / unit % 10);
        }
    }

    /// <summary>Exactly, with no more digits than it has.</summary>
    private static ReadOnlySpan<byte> FormatSeconds(int microseconds, Span<byte> into)
    {
        Utf8Formatter.TryFormat(microseconds / 1_000_000, into, out var length);
        for (int rest = microseconds % 1_000_000, unit = 100_000; rest > 0; rest %= unit, unit /= 10)
        {
            if (unit == 100_000)
            {
                into[length++] = (byte)'.';
            }

            into[length++] = (byte)('0' + rest / unit);
        }

        return into[..length];
    }
}
