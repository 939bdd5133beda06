using System;
using FastProvider.Base;
using FastProvider.Journal;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Pulls;

/// <summary>
/// The fields of a pull's journal entry, for machines. They are an interface: docs/journal.md describes each, and names and meanings stay
/// within a major version. Each has a bound, so that the datagram is never too large for the socket.
/// </summary>
internal sealed partial class PullReport
{
    /// <summary>Changes when a reader of the fields must change.</summary>
    internal const int Schema = 1;

    /// <summary>Kubernetes takes no name over 253 bytes, and no image has a longer one: more is somebody's play.</summary>
    private const int MaxNameBytes = 1024;

    /// <summary>With all fields together below the 212,992 bytes that Linux gives a socket (net.core.wmem_default).</summary>
    private const int MaxMessageBytes = 48 * 1024;

    /// <summary>Nobody has so many mirrors of one image.</summary>
    private const int MaxEndpoints = 32;

    private readonly SafeText _endpointFields = new();

    /// <summary>Adds the message and all fields to an entry.</summary>
    internal void AddTo(ref JournalEntry entry, SafeText line, Failure? failure)
    {
        entry.Add("MESSAGE"u8, SafeText.Cut(line.Bytes, MaxMessageBytes));
        entry.Add("FAST_PROVIDER_SCHEMA"u8, Schema);
        entry.AddAscii("FAST_PROVIDER_VERSION"u8, BuildVersion.Value);
        entry.Add("FAST_PROVIDER_OUTCOME"u8, Outcome(failure).Word());
        AddName(ref entry, "FAST_PROVIDER_CAUSE"u8, failure is null ? default : failure.Cause.Word());
        AddName(ref entry, "FAST_PROVIDER_IMAGE"u8, _image.Bytes);
        AddName(ref entry, "FAST_PROVIDER_NAMESPACE"u8, _asker.Bytes[_namespace]);
        AddName(ref entry, "FAST_PROVIDER_SERVICE_ACCOUNT"u8, _asker.Bytes[_account]);
        AddName(ref entry, "FAST_PROVIDER_POD"u8, _asker.Bytes[_pod]);
        AddName(ref entry, "FAST_PROVIDER_POD_UID"u8, _asker.Bytes[_podUid]);
        AddName(ref entry, "FAST_PROVIDER_WAY"u8, Way is SecretsMode.Auto ? default : Way.Word());
        if (Registry is not null)
        {
            var place = new SafeText().Append(Registry.File).Append(":"u8).Append(Registry.Line);
            entry.Add("FAST_PROVIDER_REGISTRY"u8, place.Bytes[Math.Max(0, place.Length - MaxNameBytes)..]);
        }

        entry.AddLines(_endpointFields.Bytes);
        if (Api.Tries > 0)
        {
            entry.Add("FAST_PROVIDER_SECRETS_READ"u8, SecretCount);
            entry.Add("FAST_PROVIDER_BYTES_READ"u8, Api.BytesRead);
            entry.Add("FAST_PROVIDER_API_TRIES"u8, Api.Tries);
            entry.Add("FAST_PROVIDER_API_WAIT_US"u8, Microseconds(Api.Waited));
        }

        AddTimes(ref entry, failure);
        if (failure is null && WrittenPath is not null)
        {
            entry.Add("FAST_PROVIDER_AUTH_FILE"u8, new SafeText().Append(WrittenPath).Bytes);
        }

        AddFlag(ref entry, "FAST_PROVIDER_PRIVATE"u8, IsPrivate && failure is null);
        AddFlag(ref entry, "FAST_PROVIDER_WAITED_IN_VAIN"u8, WaitedInVain);
        entry.Add("FAST_PROVIDER_WARNINGS"u8, Warnings.Count);
    }

    /// <summary>Keeps the fields of an endpoint, and its Secret if it is the first that this Secret serves.</summary>
    private void KeepFields(ReadOnlySpan<EndpointCredential> endpoints, int index)
    {
        var endpoint = endpoints[index];
        var secret = SafeText.Cut(endpoint.SecretName.Span, MaxNameBytes);
        _endpointFields.Append("FAST_PROVIDER_ENDPOINT="u8).Append(SafeText.Cut(endpoint.Repository.Name.Span, MaxNameBytes))
            .Append(endpoint.IsFromSecret ? " secret/"u8 : endpoint.IsFound || endpoint.Helper is not null ? " global"u8 : " none"u8)
            .Append(endpoint.IsFromSecret ? secret : default).EndLine();
        var isNew = endpoint.IsFromSecret;
        for (var i = 0; i < index && isNew; i++)
        {
            isNew = !endpoints[i].IsFromSecret || !endpoints[i].SecretName.Span.SequenceEqual(endpoint.SecretName.Span);
        }

        if (isNew)
        {
            _endpointFields.Append("FAST_PROVIDER_SECRET="u8).Append(secret).EndLine();
        }
    }

    private PullOutcome Outcome(Failure? failure) => failure is not null ? PullOutcome.Failed
        : WrittenPath is not null ? PullOutcome.Written
        : IsUnmirrored ? PullOutcome.Unmirrored
        : _asker.Length == 0 ? PullOutcome.NoToken
        : PullOutcome.None;

    private void AddTimes(ref JournalEntry entry, Failure? failure)
    {
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            if (Times[phase] > TimeSpan.Zero)
            {
                entry.Add(phase.Field(), Microseconds(Times[phase]));
            }
        }

        // Of a run that failed nobody ended the last phase.
        entry.Add("FAST_PROVIDER_TOTAL_US"u8, Microseconds(failure is null ? Times.Total : Times.UntilNow));
    }

    private static void AddName(ref JournalEntry entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            entry.Add(name, SafeText.Cut(value, MaxNameBytes));
        }
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
