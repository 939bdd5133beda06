using System;
using System.Buffers;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Metrics;
using FastProvider.Pulls;

namespace FastProvider.Commands.Stats;

/// <summary>Statistics for programs; docs/stats.md has the shape.</summary>
internal static class StatsJson
{
    private const int ShapeVersion = 1;

    public static int Send(PullStatistics statistics, StatsWindow window)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", ShapeVersion);
            WriteWindow(json, statistics, window);
            WriteEntries(json, statistics);
            WriteWords(json, statistics);
            json.WriteStartObject("microseconds");
            for (var field = PullField.Request; field <= PullField.ApiWait; field++)
            {
                WriteNumbers(json, field.Word(), statistics[field]);
            }

            json.WriteEndObject();
            WriteTotalTimes(json, statistics.TotalTimes);
            WriteNumbers(json, "bytesRead"u8, statistics[PullField.BytesRead]);
            WriteNumbers(json, "secretsRead"u8, statistics[PullField.SecretsRead]);
            json.WriteNumber("apiRetries", statistics.ApiRetries);
            json.WriteNumber("consistentReads", statistics.ConsistentReads);
            json.WriteNumber("waitedInVain", statistics.WaitedInVain);
            json.WriteNumber("withWarnings", statistics.WithWarnings);
            WriteNamespaces(json, statistics);
            json.WriteEndObject();
        }

        return CommandOutput.Send([.. bytes.WrittenSpan, (byte)'\n'], 0);
    }

    private static void WriteWindow(Utf8JsonWriter json, PullStatistics statistics, StatsWindow window)
    {
        json.WriteStartObject("window");
        json.WriteString("since", window.Since);
        WriteWhole(json, "seconds", (long?)window.Length?.TotalSeconds);
        WriteTime(json, "firstEntry", statistics.First);
        WriteTime(json, "lastEntry", statistics.Last);
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, PullStatistics statistics)
    {
        json.WriteStartObject("entries");
        json.WriteNumber("pulls", statistics.Pulls);
        json.WriteNumber("withoutFields", statistics.WithoutFields);
        json.WriteNumber("otherSchema", statistics.OtherSchema);
        json.WriteNumber("notOfRoot", statistics.NotOfRoot);
        json.WriteNumber("foreign", statistics.Foreign);
        json.WriteBoolean("cutOff", statistics.IsCutOff);
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, PullStatistics statistics)
    {
        json.WriteStartObject("outcomes");
        for (var outcome = PullOutcome.Written; outcome <= PullOutcome.Other; outcome++)
        {
            json.WriteNumber(outcome.Word(), statistics[outcome]);
        }

        json.WriteEndObject();
        json.WriteStartObject("causes");
        for (var cause = FailureCause.Request; cause <= FailureCause.Defect; cause++)
        {
            json.WriteNumber(cause.Word(), statistics[cause]);
        }

        json.WriteNumber("other", statistics[FailureCause.None]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, LogHistogram numbers)
    {
        var isEmpty = numbers.Count == 0;
        json.WriteStartObject(name);
        json.WriteNumber("count", numbers.Count);
        json.WriteNumber("sum", numbers.Sum);
        WriteWhole(json, "p50", isEmpty ? null : numbers.Percentile(50));
        WriteWhole(json, "p90", isEmpty ? null : numbers.Percentile(90));
        WriteWhole(json, "p99", isEmpty ? null : numbers.Percentile(99));
        WriteWhole(json, "max", isEmpty ? null : numbers.Max);
        json.WriteEndObject();
    }

    private static void WriteTotalTimes(Utf8JsonWriter json, ReadOnlySpan<long> counts)
    {
        json.WriteStartArray("totalTimes");
        for (var i = 0; i < counts.Length; i++)
        {
            json.WriteStartObject();
            WriteWhole(json, "upToMicroseconds", i < PullStatistics.TimeBounds.Length ? PullStatistics.TimeBounds[i] : null);
            json.WriteNumber("pulls", counts[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNamespaces(Utf8JsonWriter json, PullStatistics statistics)
    {
        var namespaces = statistics.Namespaces;
        var others = statistics.FailuresElsewhere;
        json.WriteStartArray("namespaces");
        for (var i = 0; i < namespaces.Count; i++)
        {
            if (i < PullStatistics.ShownNamespaces)
            {
                json.WriteStartObject();
                json.WriteString("namespace", namespaces[i].Name);
                json.WriteNumber("failures", namespaces[i].Count);
                json.WriteEndObject();
            }
            else
            {
                others += namespaces[i].Count;
            }
        }

        json.WriteEndArray();
        json.WriteNumber("failuresInOtherNamespaces", others);
    }

    private static void WriteWhole(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTime? utc)
    {
        if (utc is { } known)
        {
            json.WriteString(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
