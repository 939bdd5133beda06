using System;
using FastProvider.Base;
using FastProvider.Journal;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Reports;

/// <summary>
/// The fields of a pull's journal entry, for machines. They are an interface: docs/journal.md describes each, and names and
/// meanings stay within a major version. Each has a bound, so that the datagram is never too large for the socket.
/// </summary>
internal static class JournalFields
{
    /// <summary>Changes when a reader of the fields must change.</summary>
    public const int Schema = 1;

    /// <summary>Nobody has so many mirrors of one image.</summary>
    public const int MaxEndpoints = 32;

    /// <summary>
    /// Kubernetes takes no name over 253 bytes, and no image has a longer one: a longer one was made to fill the log.
    /// </summary>
    private const int MaxNameBytes = 1024;

    /// <summary>With all fields together below the 212,992 bytes that Linux gives a socket (net.core.wmem_default).</summary>
    private const int MaxMessageBytes = 48 * 1024;

    /// <summary>Adds the message and all fields to an entry.</summary>
    public static void AddTo(ref JournalEntry entry, PullRecord record, SafeText line)
    {
        entry.Add("MESSAGE"u8, SafeText.Cut(line.Bytes, MaxMessageBytes));
        entry.Add("FAST_PROVIDER_SCHEMA"u8, Schema);
        entry.AddAscii("FAST_PROVIDER_VERSION"u8, BuildVersion.Value);
        entry.Add("FAST_PROVIDER_OUTCOME"u8, record.Outcome.Word());
        AddWord(ref entry, "FAST_PROVIDER_CAUSE"u8, record.Failure is { } failure ? failure.Cause.Word() : default);
        var names = new SafeText();
        AddName(ref entry, names, "FAST_PROVIDER_IMAGE"u8, record.Request.Image.Span);
        AddName(ref entry, names, "FAST_PROVIDER_NAMESPACE"u8, record.Claims.Namespace.Span);
        AddName(ref entry, names, "FAST_PROVIDER_SERVICE_ACCOUNT"u8, record.Claims.ServiceAccount.Span);
        AddName(ref entry, names, "FAST_PROVIDER_POD"u8, record.Claims.Pod.Span);
        AddName(ref entry, names, "FAST_PROVIDER_POD_UID"u8, record.Claims.PodUid.Span);
        AddWord(ref entry, "FAST_PROVIDER_WAY"u8, record.Read.Mode is SecretsMode.Auto ? default : record.Read.Mode.Word());
        if (record.Registry is { } registry)
        {
            var place = new SafeText().Append(registry.File).Append(":"u8).Append(registry.Line);
            entry.Add("FAST_PROVIDER_REGISTRY"u8, place.Bytes[Math.Max(0, place.Length - MaxNameBytes)..]);
        }

        AddEndpoints(ref entry, record.Endpoints);
        if (record.Read.Api is { Tries: > 0 } api)
        {
            entry.Add("FAST_PROVIDER_SECRETS_READ"u8, record.Read.Count);
            entry.Add("FAST_PROVIDER_BYTES_READ"u8, api.BytesRead);
            entry.Add("FAST_PROVIDER_API_TRIES"u8, api.Tries);
            entry.Add("FAST_PROVIDER_API_WAIT_US"u8, Microseconds(api.Waited));
            if (record.Read.Mode is SecretsMode.Namespace)
            {
                entry.Add("FAST_PROVIDER_CONSISTENT_READS"u8, record.Read.ConsistentReads);
            }
        }

        AddTimes(ref entry, record);
        if (record.WrittenPath is { } path)
        {
            entry.Add("FAST_PROVIDER_AUTH_FILE"u8, new SafeText().Append(path).Bytes);
        }

        AddFlag(ref entry, "FAST_PROVIDER_PRIVATE"u8, record.IsPrivate);
        AddFlag(ref entry, "FAST_PROVIDER_WAITED_IN_VAIN"u8, record.WaitedInVain);
        entry.Add("FAST_PROVIDER_WARNINGS"u8, record.Notices.Count);
    }

    /// <summary>Each endpoint, and after the first that a Secret serves the Secret.</summary>
    private static void AddEndpoints(ref JournalEntry entry, EndpointCredential[] endpoints)
    {
        var fields = new SafeText();
        for (var i = 0; i < Math.Min(endpoints.Length, MaxEndpoints); i++)
        {
            var endpoint = endpoints[i];
            var secret = SafeText.Cut(endpoint.SecretName.Span, MaxNameBytes);
            fields.Append("FAST_PROVIDER_ENDPOINT="u8).Append(SafeText.Cut(endpoint.Repository.Name.Span, MaxNameBytes))
                .Append(endpoint.IsFromSecret ? " secret/"u8
                    : endpoint.Provider is not null ? " provider/"u8
                    : endpoint.IsFound || endpoint.Helper is not null ? " global"u8 : " none"u8)
                .Append(endpoint.IsFromSecret ? secret : default).Append(endpoint.Provider ?? "").EndLine();
            if (endpoint.IsFromSecret && IsFirstOfItsSecret(endpoints, i))
            {
                fields.Append("FAST_PROVIDER_SECRET="u8).Append(secret).EndLine();
            }
        }

        entry.AddLines(fields.Bytes);
    }

    private static bool IsFirstOfItsSecret(EndpointCredential[] endpoints, int index)
    {
        foreach (var earlier in endpoints.AsSpan(0, index))
        {
            if (earlier.IsFromSecret && earlier.SecretName.Span.SequenceEqual(endpoints[index].SecretName.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static void AddTimes(ref JournalEntry entry, PullRecord record)
    {
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            if (record.Times[phase] > TimeSpan.Zero)
            {
                entry.Add(phase.Field(), Microseconds(record.Times[phase]));
            }
        }

        entry.Add("FAST_PROVIDER_TOTAL_US"u8, Microseconds(record.Total));
    }

    private static void AddWord(ref JournalEntry entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty)
        {
            entry.Add(name, word);
        }
    }

    /// <summary>A name that a tenant wrote, made safe behind those before it.</summary>
    private static void AddName(ref JournalEntry entry, SafeText names, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var start = names.Length;
        AddWord(ref entry, name, SafeText.Cut(names.Append(value).Bytes[start..], MaxNameBytes));
    }

    private static void AddFlag(ref JournalEntry entry, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
        {
            entry.Add(name, "1"u8);
        }
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
