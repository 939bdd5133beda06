using FastProvider.Base;
using FastProvider.Metrics;
using FastProvider.Pulls;

namespace FastProvider.Commands.Stats;

/// <summary>
/// Statistics as metrics, for the textfile collector of node_exporter; docs/stats.md describes each. They are of a window of the
/// journal and may fall, so nothing is a counter: gauges, and summaries, whose quantiles are of a window by their definition.
/// </summary>
internal static class StatsPrometheus
{
    public static int Send(PullStatistics statistics, StatsWindow window)
    {
        var text = new SafeText();
        Words(text, statistics);
        Times(text, statistics);
        MetricFamily.OfSummary(text, "fast_provider_api_read_bytes"u8, "Bytes that the runs in the window were answered."u8)
            .Summary(default, statistics[PullField.BytesRead], areMicroseconds: false);
        MetricFamily.OfSummary(text, "fast_provider_secrets_read"u8, "Secrets that the runs in the window read."u8)
            .Summary(default, statistics[PullField.SecretsRead], areMicroseconds: false);
        MetricFamily.OfGauge(text, "fast_provider_api_retries"u8, "Tries of the runs in the window beyond the first."u8)
            .Value(statistics.ApiRetries);
        MetricFamily.OfGauge(
            text, "fast_provider_consistent_reads"u8, "Reads in the window that went past the API server's watch cache."u8)
            .Value(statistics.ConsistentReads);
        MetricFamily.OfGauge(text, "fast_provider_waits_in_vain"u8, "Runs in the window that waited for their turn in vain."u8)
            .Value(statistics.WaitedInVain);
        MetricFamily.OfGauge(text, "fast_provider_pulls_with_warnings"u8, "Runs in the window with warnings."u8)
            .Value(statistics.WithWarnings);
        Entries(text, statistics);
        if (window.Length is { } length)
        {
            MetricFamily.OfGauge(text, "fast_provider_window_seconds"u8, "How far back the window of the journal reaches."u8)
                .Value((long)length.TotalSeconds);
        }

        return CommandOutput.Send(text.Bytes, 0);
    }

    private static void Words(SafeText text, PullStatistics statistics)
    {
        var pulls = MetricFamily.OfGauge(text, "fast_provider_pulls"u8, "Runs in the window by how they ended."u8);
        for (var outcome = PullOutcome.Written; outcome <= PullOutcome.Other; outcome++)
        {
            pulls.Value("outcome"u8, outcome.Word(), statistics[outcome]);
        }

        var failures = MetricFamily.OfGauge(text, "fast_provider_failures"u8, "Runs in the window that failed, by cause."u8);
        for (var cause = FailureCause.Request; cause <= FailureCause.Defect; cause++)
        {
            failures.Value("cause"u8, cause.Word(), statistics[cause]);
        }

        failures.Value("cause"u8, "other"u8, statistics[FailureCause.None]);
    }

    private static void Times(SafeText text, PullStatistics statistics)
    {
        var phases = MetricFamily.OfSummary(
            text, "fast_provider_phase_seconds"u8, "Time of a phase in the runs of the window."u8);
        for (var field = PullField.Request; field < PullField.Total; field++)
        {
            phases.Summary(field.Word(), statistics[field], areMicroseconds: true);
        }

        MetricFamily.OfSummary(text, "fast_provider_pull_seconds"u8, "Time of the runs in the window, all phases together."u8)
            .Summary(default, statistics[PullField.Total], areMicroseconds: true);
        MetricFamily.OfSummary(text, "fast_provider_api_wait_seconds"u8, "Time between the tries of the runs in the window."u8)
            .Summary(default, statistics[PullField.ApiWait], areMicroseconds: true);
    }

    private static void Entries(SafeText text, PullStatistics statistics)
    {
        var entries = MetricFamily.OfGauge(text, "fast_provider_journal_entries"u8, "Entries in the window, by what they are."u8);
        entries.Value("kind"u8, "pull"u8, statistics.Pulls);
        entries.Value("kind"u8, "without-fields"u8, statistics.WithoutFields);
        entries.Value("kind"u8, "other-schema"u8, statistics.OtherSchema);
        entries.Value("kind"u8, "not-of-root"u8, statistics.NotOfRoot);
        entries.Value("kind"u8, "foreign"u8, statistics.Foreign);
    }
}
