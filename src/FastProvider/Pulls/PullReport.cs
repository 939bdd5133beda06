using System;
using FastProvider.Base;
using FastProvider.Journal;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Request;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Pulls;

/// <summary>
/// What is said of one pull: one line in the journal and on standard error. The kubelet drops standard error unless the run
/// fails; then all of it stands in its log.
/// </summary>
internal sealed partial class PullReport(Options options)
{
    private const int JournalStackBytes = 4096;

    private static readonly TimeSpan WorthSaying = TimeSpan.FromMilliseconds(1);

    private readonly SafeText _image = new();
    private readonly SafeText _asker = new();
    private readonly SafeText _endpoints = new();
    private Range _namespace, _account, _pod, _podUid;
    private bool _hasSecret;

    /// <summary>Nothing was to do: said at level debug only.</summary>
    public bool IsUnmirrored { get; set; }

    /// <summary>Where the auth file was written.</summary>
    public string? WrittenPath { get; set; }

    /// <summary>The registry that decided for the image.</summary>
    public RegistryMatch? Registry { get; set; }

    /// <summary>Which way to the Secrets was taken; <see cref="SecretsMode.Auto"/> before that was decided.</summary>
    public SecretsMode Way { get; set; } = SecretsMode.Auto;

    /// <summary>What was asked of the API server.</summary>
    public ApiUse Api { get; set; }

    /// <summary>The answer says that the image is private.</summary>
    public bool IsPrivate { get; set; }

    public int SecretCount { get; set; }

    /// <summary>Who was asked for Secrets; null if nobody was.</summary>
    public ApiServerTarget? Server { get; set; }

    /// <summary>Why no Secret was sought, where nobody named one.</summary>
    public string? WhyNoSecret { get; set; }

    /// <summary>The same for the tenant; null where a mirror has a credential nevertheless.</summary>
    public TenantNote? NothingNamed { get; set; }

    /// <summary>The turn was waited for, and no pull took the file that lay there.</summary>
    public bool WaitedInVain { get; set; }

    public SecretNotices Warnings { get; init; } = new();

    /// <summary>The image of the request.</summary>
    public ReadOnlySpan<byte> Image => _image.Bytes;

    /// <summary>The pod of the token; null where no Event is to be written.</summary>
    public PodName? Pod { get; private set; }

    public PhaseTimes Times = new();

    /// <summary>Keeps the image of the request.</summary>
    public void NameImage(in CredentialProviderRequest request) => _image.Append(request.Image.Span);

    /// <summary>Keeps who asks: namespace, ServiceAccount and pod of the token.</summary>
    public void NameAsker(in TokenClaims claims)
    {
        _namespace = Keep("namespace "u8, claims.Namespace.Span);
        _account = Keep(", ServiceAccount "u8, claims.ServiceAccount.Span);
        _pod = Keep(", pod "u8, claims.Pod.Span);
        _podUid = Keep(" "u8, claims.PodUid.Span);
        Pod = options.Events ? PodName.Of(claims) : null;
    }

    /// <summary>Keeps which Secret serves which endpoint; names only.</summary>
    public void Describe(ReadOnlySpan<EndpointCredential> endpoints)
    {
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (i == MaxEndpoints)
            {
                _endpoints.Append(" and "u8).Append(endpoints.Length - i).Append(" more"u8);
                break;
            }

            var endpoint = endpoints[i];
            KeepFields(endpoints, i);
            _endpoints.Append(_endpoints.Length == 0 ? ""u8 : ", "u8).Append(endpoint.Repository.Name.Span);
            if (endpoint.Helper is { } helper)
            {
                _endpoints.Append(" from credential helper "u8).Append(helper.Name).Append(" of the global auth file "u8)
                    .Append(endpoint.File!.Path);
            }
            else if (!endpoint.IsFound)
            {
                _endpoints.Append(" without credentials"u8);
            }
            else
            {
                _endpoints.Append(endpoint.IsFromSecret ? " from Secret "u8 : " from the global auth file "u8)
                    .Append(endpoint.SecretName.Span).Append(endpoint.File?.Path ?? "")
                    .Append(" key \""u8).Append(ShownKey.Of(endpoint.Key.Span)).Append("\""u8);
            }

            _hasSecret |= endpoint.IsFromSecret;
        }
    }

    /// <summary>A Secret that holds nothing may be why none serves: an operator waits for it to be filled, or filled it elsewhere.</summary>
    internal static string? WhyNoneServes(SecretNotices warnings) => warnings.EmptyCount switch
    {
        0 => null,
        1 => $"Secret {warnings.FirstEmpty} has no entry",
        _ => $"Secret {warnings.FirstEmpty} and {warnings.EmptyCount - 1} more have no entry",
    };

    /// <summary>Says what was decided.</summary>
    /// <param name="why">Why no credentials were sought, or empty if they were.</param>
    public void Send(ReadOnlySpan<byte> why)
    {
        var needed = IsUnmirrored ? LogLevel.Debug : Warnings.Count > 0 ? LogLevel.Warning : LogLevel.Info;
        if (options.LogLevel < needed)
        {
            return;
        }

        var line = LineOf(why);
        Log(line, Warnings.Count > 0 ? JournalPriority.Warning : JournalPriority.Information, failure: null);
        _ = StandardStreams.Write(StandardStreams.Error, line.WithNewLine());
    }

    /// <summary>
    /// Says why the run failed.
    /// </summary>
    public void SendFailure(Failure failure)
    {
        var line = LineOf(failure);
        Log(line, JournalPriority.Error, failure);
        _ = StandardStreams.WriteFailure(line.Bytes);
    }

    /// <summary>The line of a decision.</summary>
    internal SafeText LineOf(ReadOnlySpan<byte> why)
    {
        var line = new SafeText();
        if (WrittenPath is null)
        {
            line.Append("Wrote no auth file"u8);
        }
        else
        {
            // Others look for this in the journal: the end-to-end test of OpenShift does.
            line.Append("Wrote auth file to "u8).Append(WrittenPath);
        }

        line.Append(" for "u8).Append(_image.Bytes);
        if (_asker.Length > 0)
        {
            line.Append(" ("u8).Append(Asker).Append(")"u8);
        }

        line.Append(": "u8).Append(!why.IsEmpty ? why : _endpoints.Length > 0 ? _endpoints.Bytes : "no credentials are read"u8);
        if (why.IsEmpty)
        {
            line.Append("; "u8).Append(SecretCount).Append(" Secrets read"u8);
            if (WhyNoSecret is not null)
            {
                line.Append(", as "u8).Append(WhyNoSecret);
            }
            else if (!_hasSecret && WhyNoneServes(Warnings) is { } empty)
            {
                line.Append(", of which "u8).Append(empty);
            }
        }

        line.Append(WaitedInVain ? "; no pull took the auth file of the run before; "u8 : "; "u8);
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            if (Times[phase] > TimeSpan.Zero)
            {
                line.Append(phase.Word()).Append(" "u8).AppendMs(Times[phase]).Append(", "u8);
            }
        }

        line.Append("total "u8).AppendMs(Times.Total);
        AppendWarnings(line);
        return line;
    }

    /// <summary>The line of a failure.</summary>
    internal SafeText LineOf(Failure failure)
    {
        var line = new SafeText().Append(failure.Message);
        if (_asker.Length > 0)
        {
            line.Append(" [image "u8).Append(_image.Bytes).Append(", "u8).Append(Asker).Append("]"u8);
        }

        if (Times[PullPhase.Turn] >= WorthSaying)
        {
            line.Append("; waited "u8).AppendMs(Times[PullPhase.Turn]).Append(" for its turn to remove the auth file"u8);
        }

        AppendWarnings(line);
        return line;
    }

    private void AppendWarnings(SafeText line)
    {
        if (Warnings.Count > 0)
        {
            line.Append("; warning: "u8).Append(Warnings.ToString());
        }
    }

    /// <summary>Namespace, ServiceAccount and pod for people.</summary>
    private ReadOnlySpan<byte> Asker => _asker.Bytes[.._pod.End.Value];

    private Range Keep(ReadOnlySpan<byte> before, ReadOnlySpan<byte> name)
    {
        var start = _asker.Append(before).Length;
        return start.._asker.Append(name).Length;
    }

    private void Log(SafeText line, JournalPriority priority, Failure? failure)
    {
        var entry = new JournalEntry(priority, stackalloc byte[JournalStackBytes]);
        AddTo(ref entry, line, failure);
        entry.Send();
        entry.Dispose();
    }
}
