using System;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Grants;
using FastProvider.Pulls;
using FastProvider.Transport;

namespace FastProvider.Metrics;

/// <summary>
/// An agent's numbers in Prometheus' text format; docs/agent.md describes each. None is called as a metric of
/// <c>fast-provider stats --format prometheus</c>: those are of a window and fall, and a node may have both.
/// </summary>
/// <param name="metrics">What is counted of pulls.</param>
/// <param name="keeper">Has the grants.</param>
/// <param name="api">What is counted of connections to API servers.</param>
/// <param name="startedAt">When the process started.</param>
internal sealed class AgentMetricsText(AgentMetrics metrics, GrantKeeper keeper, ApiCounts api, DateTime startedAt)
{
    /// <summary>No namespace is called so, as a name of one has no underscore.</summary>
    private static ReadOnlySpan<byte> OtherNamespaces => "_other"u8;

    /// <summary>Writes all of them.</summary>
    public void WriteTo(SafeText text)
    {
        text.Clear();
        Process(text);
        Pulls(text);
        Namespaces(text);
        Times(text);
        Api(text);
        Grants(text);
    }

    private void Process(SafeText text)
    {
        MetricFamily.OfGauge(text, "fast_provider_agent_info"u8, "The agent that runs."u8)
            .Value("version"u8, System.Text.Encoding.ASCII.GetBytes(BuildVersion.Value), 1);
        MetricFamily.OfGauge(text, "fast_provider_agent_start_time_seconds"u8, "When the agent started, since 1970."u8)
            .Value((long)(startedAt - DateTime.UnixEpoch).TotalSeconds);
        MetricFamily.OfGauge(text, "fast_provider_agent_runs"u8, "Connections of runs that are served now."u8)
            .Value(metrics.RunsNow);
        var declined = MetricFamily.OfCounter(
            text, "fast_provider_agent_declined_total"u8, "Runs that were sent away and went on alone, by reason."u8);
        foreach (var reason in (ReadOnlySpan<AloneReason>)
            [AloneReason.Full, AloneReason.OtherVersion, AloneReason.Providers, AloneReason.Declined])
        {
            declined.Value("reason"u8, reason.Word(), metrics.DeclinedFor(reason));
        }
    }

    private void Pulls(SafeText text)
    {
        var pulls = MetricFamily.OfCounter(
            text, "fast_provider_pulls_total"u8, "Pulls by how they ended, and by way: carried out here, or handed over."u8);
        for (var outcome = PullOutcome.Written; outcome < PullOutcome.Other; outcome++)
        {
            pulls.Value("outcome"u8, outcome.Word(), "way"u8, "agent"u8, metrics.Pulls[outcome]);
        }

        pulls.Value("outcome"u8, PullOutcome.Written.Word(), "way"u8, "handed-over"u8, metrics.HandedOver[PullOutcome.Written]);
        pulls.Value("outcome"u8, PullOutcome.Failed.Word(), "way"u8, "handed-over"u8, metrics.HandedOver[PullOutcome.Failed]);
        var failures = MetricFamily.OfCounter(text, "fast_provider_failures_total"u8, "Pulls that failed, by cause."u8);
        for (var cause = FailureCause.Request; cause <= FailureCause.Defect; cause++)
        {
            failures.Value("cause"u8, cause.Word(), metrics.FailuresOf(cause));
        }

        MetricFamily.OfCounter(text, "fast_provider_pulls_with_warnings_total"u8, "Pulls with warnings."u8)
            .Value(metrics.WithWarningsTotal);
    }

    private void Namespaces(SafeText text)
    {
        var family = MetricFamily.OfCounter(
            text, "fast_provider_namespace_pulls_total"u8, "Pulls by namespace, the first 200 by name, and by how they ended."u8);
        var namespaces = metrics.Namespaces;
        for (var place = 0; place < NamespaceCounts.Places; place++)
        {
            if (namespaces[place] is { } counts)
            {
                Namespace(family, counts.Name, counts);
            }
        }

        Namespace(family, OtherNamespaces, namespaces.Others);
    }

    private static void Namespace(MetricFamily family, ReadOnlySpan<byte> name, OutcomeCounts counts)
    {
        foreach (var outcome in (ReadOnlySpan<PullOutcome>)[PullOutcome.Written, PullOutcome.None, PullOutcome.Failed])
        {
            family.Value("namespace"u8, name, "outcome"u8, outcome.Word(), counts[outcome]);
        }
    }

    private void Times(SafeText text)
    {
        var phases = MetricFamily.OfHistogram(
            text, "fast_provider_phase_duration_seconds"u8, "Time of a phase in the pulls that came to it."u8);
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            // The words for people have spaces.
            phases.Histogram(phase is PullPhase.AuthFile ? "auth-file"u8 : phase.Word(), metrics.Phases, (int)phase);
        }

        MetricFamily.OfHistogram(
            text, "fast_provider_pull_duration_seconds"u8, "Time of the pulls carried out here, all phases together."u8)
            .Histogram(default, metrics.Times);
    }

    private void Api(SafeText text)
    {
        MetricFamily.OfGauge(text, "fast_provider_api_connections"u8, "Connections to API servers that are open."u8)
            .Value(api.OpenConnections);
        MetricFamily.OfCounter(text, "fast_provider_api_requests_total"u8, "Requests to API servers."u8)
            .Value(api.RequestsTotal);
        MetricFamily.OfCounter(text, "fast_provider_api_handshakes_total"u8, "TLS handshakes with API servers."u8)
            .Value(api.HandshakesTotal);
        MetricFamily.OfCounter(text, "fast_provider_api_retries_total"u8, "Tries beyond the first of a pull."u8)
            .Value(metrics.RetriesTotal);
        MetricFamily.OfCounter(text, "fast_provider_api_wait_seconds_total"u8, "Time between the tries."u8)
            .Seconds(metrics.WaitedUsTotal);
        MetricFamily.OfCounter(text, "fast_provider_api_read_bytes_total"u8, "Bytes of the answers of API servers."u8)
            .Value(metrics.BytesReadTotal);
        MetricFamily.OfCounter(text, "fast_provider_secrets_read_total"u8, "Secrets that were read."u8)
            .Value(metrics.SecretsReadTotal);
        MetricFamily.OfCounter(
            text, "fast_provider_consistent_reads_total"u8, "Reads that went past the API server's watch cache."u8)
            .Value(metrics.ConsistentReadsTotal);
    }

    private void Grants(SafeText text)
    {
        var counts = keeper.Counts;
        MetricFamily.OfGauge(text, "fast_provider_grants"u8, "Files that wait for their pulls now."u8).Value(keeper.Grants);
        MetricFamily.OfCounter(text, "fast_provider_grants_given_total"u8, "Files that runs of pods came to."u8)
            .Value(counts.AddedTotal);
        MetricFamily.OfCounter(text, "fast_provider_grants_taken_total"u8, "Files that pulls took."u8)
            .Value(counts.TakenTotal);
        MetricFamily.OfCounter(text, "fast_provider_grants_expired_total"u8, "Files that no pull took in their lifetime."u8)
            .Value(counts.ExpiredTotal);
        MetricFamily.OfCounter(text, "fast_provider_auth_files_total"u8, "Auth files that were put in their place."u8)
            .Value(counts.PlacedTotal);
    }
}
