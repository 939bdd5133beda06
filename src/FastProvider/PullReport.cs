using System;
using System.Globalization;
using System.Text;
using FastProvider.CommandLine;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Secrets;
using FastProvider.Token;

namespace FastProvider;

/// <summary>
/// What is said of one pull: one line in the journal and on standard error. The kubelet drops standard error unless the run
/// fails; then all of it stands in its log.
/// </summary>
internal sealed class PullReport(Options options)
{
    private const int StandardError = 2;
    private const int JournalStackBytes = 2048;

    private static readonly TimeSpan WorthSaying = TimeSpan.FromMilliseconds(1);

    private static readonly (PullPhase Phase, string Name)[] Phases =
    [
        (PullPhase.Request, "request"), (PullPhase.Token, "token"), (PullPhase.Mirrors, "mirrors"), (PullPhase.Node, "node"),
        (PullPhase.Secrets, "secrets"), (PullPhase.Turn, "turn"), (PullPhase.AuthFile, "auth file"),
    ];

    private readonly StringBuilder _endpoints = new();
    private string _asker = "";

    /// <summary>The image of the request.</summary>
    public string Image { get; set; } = "";

    /// <summary>Nothing was to do: said at level debug only.</summary>
    public bool IsUnmirrored { get; set; }

    /// <summary>Where the auth file was written.</summary>
    public string? WrittenPath { get; set; }

    public int SecretCount { get; set; }

    /// <summary>The turn was waited for, and no pull took the file that lay there.</summary>
    public bool WaitedInVain { get; set; }

    public Warnings Warnings { get; } = new();

    public PhaseTimes Times = new();

    /// <summary>Keeps who asks: namespace, ServiceAccount and pod of the token.</summary>
    public void NameAsker(in TokenClaims claims) =>
        _asker = $"namespace {Text(claims.Namespace)}, ServiceAccount {Text(claims.ServiceAccount)}, pod {Text(claims.Pod)}";

    /// <summary>Keeps which Secret serves which endpoint; names only.</summary>
    public void Describe(ReadOnlySpan<EndpointCredential> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            _endpoints.Append(_endpoints.Length == 0 ? "" : ", ").Append(Text(endpoint.Repository.Name));
            if (endpoint.IsFromSecret)
            {
                _endpoints.Append(" from Secret ").Append(Text(endpoint.SecretName)).Append(" key \"").Append(Text(endpoint.Key)).Append('"');
            }
            else if (endpoint.IsFound)
            {
                _endpoints.Append(" from the global auth file key \"").Append(Text(endpoint.Key)).Append('"');
            }
            else
            {
                _endpoints.Append(" without credentials");
            }
        }
    }

    /// <summary>Says what was decided.</summary>
    /// <param name="why">Why no credentials were sought, or empty if they were.</param>
    public void Send(string why)
    {
        var needed = IsUnmirrored ? LogLevel.Debug : Warnings.Count > 0 ? LogLevel.Warning : LogLevel.Info;
        if (options.LogLevel < needed)
        {
            return;
        }

        var line = new StringBuilder(WrittenPath is null ? "Wrote no auth file" : $"Wrote auth file to {WrittenPath}");
        line.Append(" for ").Append(Image);
        if (_asker.Length > 0)
        {
            line.Append(" (").Append(_asker).Append(')');
        }

        line.Append(": ").Append(why.Length > 0 ? why : _endpoints.Length > 0 ? _endpoints : "no credentials are read");
        if (why.Length == 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"; {SecretCount} Secrets read");
        }

        line.Append(WaitedInVain ? "; no pull took the auth file of the run before; " : "; ");
        foreach (var (phase, name) in Phases)
        {
            if (Times[phase] > TimeSpan.Zero)
            {
                line.Append(CultureInfo.InvariantCulture, $"{name} {Times[phase].TotalMilliseconds:0.00} ms, ");
            }
        }

        line.Append(CultureInfo.InvariantCulture, $"total {Times.Total.TotalMilliseconds:0.00} ms");
        AppendWarnings(line);
        Say(line, Warnings.Count > 0 ? JournalPriority.Warning : JournalPriority.Information, "\n");
    }

    /// <summary>
    /// Says why the run failed. No newline at the end: the kubelet's log then keeps the cause, the pod and the
    /// ServiceAccount on one line.
    /// </summary>
    public void SendFailure(Failure failure)
    {
        var line = new StringBuilder(failure.Message);
        if (_asker.Length > 0)
        {
            line.Append(" [image ").Append(Image).Append(", ").Append(_asker).Append(']');
        }

        if (Times[PullPhase.Turn] >= WorthSaying)
        {
            line.Append(CultureInfo.InvariantCulture, $"; waited {Times[PullPhase.Turn].TotalMilliseconds:0} ms for its turn to remove the auth file");
        }

        AppendWarnings(line);
        Say(line, JournalPriority.Error, "");
    }

    private void AppendWarnings(StringBuilder line)
    {
        if (Warnings.Count > 0)
        {
            line.Append("; warning: ").Append(Warnings);
        }
    }

    /// <summary>Names come from tokens and Secrets that tenants write: a control character must not forge a line or colour a terminal.</summary>
    private static void Say(StringBuilder line, JournalPriority priority, string end)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (char.IsControl(line[i]))
            {
                line[i] = '?';
            }
        }

        var bytes = Encoding.UTF8.GetBytes(line.ToString());
        var entry = new JournalEntry(priority, stackalloc byte[JournalStackBytes]);
        entry.Add("MESSAGE"u8, bytes);
        entry.Send();
        entry.Dispose();
        _ = Libc.WriteAll(StandardError, bytes);
        _ = Libc.WriteAll(StandardError, Encoding.UTF8.GetBytes(end));
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
