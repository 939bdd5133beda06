using System;
using FastProvider.Base;
using FastProvider.Journal;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Reports;

/// <summary>
/// The line of one pull, for the journal and standard error. The kubelet drops standard error unless the run fails; then all of
/// it stands in its log.
/// </summary>
internal static class PullLine
{
    private static readonly TimeSpan WorthSaying = TimeSpan.FromMilliseconds(1);

    /// <summary>The log level from which on the line is said.</summary>
    public static LogLevel LevelOf(PullRecord record) => record.Outcome switch
    {
        PullOutcome.Failed => LogLevel.Error,
        PullOutcome.Unmirrored => LogLevel.Debug,
        _ => record.Notices.Count > 0 ? LogLevel.Warning : LogLevel.Info,
    };

    public static JournalPriority PriorityOf(PullRecord record) => record.Outcome is PullOutcome.Failed ? JournalPriority.Error
        : record.Notices.Count > 0 ? JournalPriority.Warning
        : JournalPriority.Information;

    /// <summary>The line, without its end.</summary>
    /// <param name="record">What the pull came to.</param>
    /// <param name="level">With debug it has more.</param>
    public static SafeText Of(PullRecord record, LogLevel level = LogLevel.Info)
    {
        var line = new SafeText();
        if (record.Failure is { } failure)
        {
            AppendFailure(line, record, failure);
        }
        else
        {
            AppendDecision(line, record, level);
        }

        if (record.Notices.Count > 0)
        {
            line.Append("; warning: "u8).Append(record.Notices.ToString());
        }

        return line;
    }

    /// <summary>
    /// A Secret that holds nothing may be why none serves: an operator waits for it to be filled, or filled it elsewhere.
    /// </summary>
    public static string? WhyNoneServes(SecretNotices notices) => notices.EmptyCount switch
    {
        0 => null,
        1 => $"Secret {notices.FirstEmpty} has no entry",
        _ => $"Secret {notices.FirstEmpty} and {notices.EmptyCount - 1} more have no entry",
    };

    private static void AppendDecision(SafeText line, PullRecord record, LogLevel level)
    {
        if (record.WrittenPath is null)
        {
            line.Append("Wrote no auth file"u8);
        }
        else
        {
            // Others look for this in the journal: the end-to-end test of OpenShift does.
            line.Append("Wrote auth file to "u8).Append(record.WrittenPath);
        }

        line.Append(" for "u8).Append(record.Request.Image.Span);
        if (!record.Claims.Namespace.IsEmpty)
        {
            line.Append(" ("u8);
            AppendAsker(line, record);
            line.Append(")"u8);
        }

        line.Append(": "u8);
        if (record.Unsought is Unsought.No)
        {
            AppendEndpoints(line, record.Endpoints);
            AppendSecrets(line, record);
            if (level is LogLevel.Debug || !record.HasCredential)
            {
                AppendShared(line, record.Read.Shared);
            }
        }
        else
        {
            line.Append(Word(record.Unsought));
        }

        line.Append(record.WaitedInVain ? "; no pull took the auth file of the run before; "u8 : "; "u8);
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            if (record.Times[phase] > TimeSpan.Zero)
            {
                line.Append(phase.Word()).Append(" "u8).AppendMs(record.Times[phase]).Append(", "u8);
            }
        }

        line.Append("total "u8).AppendMs(record.Total);
    }

    /// <summary>
    /// That a shared Secret is not for a pod is as the platform has it: only who looks closely wants to know, or whose pull has
    /// no credential at all.
    /// </summary>
    private static void AppendShared(SafeText line, SharedAnswer[] shared)
    {
        foreach (var answer in shared)
        {
            line.Append("; shared Secret "u8).Append(answer.Secret.ToString()).Append(": "u8).Append(answer.Words);
        }
    }

    private static void AppendFailure(SafeText line, PullRecord record, Failure failure)
    {
        line.Append(failure.Message);
        if (!record.Claims.Namespace.IsEmpty)
        {
            line.Append(" [image "u8).Append(record.Request.Image.Span).Append(", "u8);
            AppendAsker(line, record);
            line.Append("]"u8);
        }

        if (record.Times[PullPhase.Turn] >= WorthSaying)
        {
            line.Append("; waited "u8).AppendMs(record.Times[PullPhase.Turn]).Append(" for its turn to remove the auth file"u8);
        }
    }

    /// <summary>Namespace, ServiceAccount and pod for people.</summary>
    private static void AppendAsker(SafeText line, PullRecord record) => line
        .Append("namespace "u8).Append(record.Claims.Namespace.Span)
        .Append(", ServiceAccount "u8).Append(record.Claims.ServiceAccount.Span)
        .Append(", pod "u8).Append(record.Claims.Pod.Span);

    /// <summary>Which Secret serves which endpoint; names only.</summary>
    private static void AppendEndpoints(SafeText line, EndpointCredential[] endpoints)
    {
        if (endpoints.Length == 0)
        {
            line.Append("no credentials are read"u8);
        }

        for (var i = 0; i < endpoints.Length; i++)
        {
            if (i == JournalFields.MaxEndpoints)
            {
                line.Append(" and "u8).Append(endpoints.Length - i).Append(" more"u8);
                return;
            }

            var endpoint = endpoints[i];
            line.Append(i == 0 ? ""u8 : ", "u8).Append(endpoint.Repository.Name.Span);
            if (endpoint.Helper is { } helper)
            {
                line.Append(" from credential helper "u8).Append(helper.Name).Append(" of the global auth file "u8)
                    .Append(endpoint.File!.Path);
            }
            else if (endpoint.Provider is { } provider)
            {
                line.Append(" from credential provider "u8).Append(provider)
                    .Append(" key \""u8).Append(ShownKey.Of(endpoint.Key.Span)).Append("\""u8);
            }
            else if (!endpoint.IsFound)
            {
                line.Append(" without credentials"u8);
            }
            else
            {
                line.Append(endpoint.IsFromSecret ? " from Secret "u8 : " from the global auth file "u8)
                    .Append(endpoint.SecretName.Span).Append(endpoint.File?.Path ?? "")
                    .Append(" key \""u8).Append(ShownKey.Of(endpoint.Key.Span)).Append("\""u8);
            }
        }
    }

    private static void AppendSecrets(SafeText line, PullRecord record)
    {
        line.Append("; "u8).Append(record.Read.Count).Append(" Secrets read"u8);
        if (record.Read.WhyNone is { } why)
        {
            line.Append(", as "u8).Append(why);
        }
        else if (!record.HasSecret && WhyNoneServes(record.Notices) is { } empty)
        {
            line.Append(", of which "u8).Append(empty);
        }
    }

    /// <summary>Why no credentials are sought.</summary>
    public static ReadOnlySpan<byte> Word(Unsought why) => why switch
    {
        Unsought.OnIPv6 => "the image is on an IPv6 literal, which no mirror can match"u8,
        Unsought.NoToken => "the request has no ServiceAccount token, as for a static pod"u8,
        _ => "the image has no mirror"u8,
    };
}
