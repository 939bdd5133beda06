using FastProvider.Base;
using FastProvider.Bench.Scene;
using FastProvider.Grants;
using FastProvider.Journal;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Response;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Bench;

/// <summary>
/// A whole mirrored pull as the agent carries it out, in this process: the steps of <see cref="Pull"/>, its line and the fields
/// of its entry, and the answer. Left out is the connection to the plugin.
/// </summary>
internal sealed class WarmPull : IDisposable
{
    /// <summary>The parts whose allocations are told apart: the phases of a pull, what is said of it, and the answer.</summary>
    public static readonly string[] Phases =
        ["request", "token", "mirrors", "node", "secrets", "turn", "auth-file", "report", "response"];

    private readonly NodeScene _node = new();
    private readonly PullResources _resources = new(keptLinks: 1);
    private readonly KeptNode _kept = new();
    private readonly GrantKeeper _keeper = new();
    private readonly byte[] _request;
    private readonly Options _options;
    private readonly RedirectedOutput _output = new("/dev/null");
    private readonly long[] _allocated = new long[Phases.Length];

    public WarmPull(int secrets)
    {
        var command = _node.Mirrored("", secrets);
        _request = File.ReadAllBytes(command.StandardInput);
        var options = Options.Read(
            [
                "--registries-conf", _node.In("mirror.conf"), "--registries-conf-dir", _node.In("conf.d"),
                "--kubeconfig", _node.Server.Kubeconfig, "--auth-dir", _node.AuthDir, "--lock-dir", _node.In("locks"),
                "--global-auth-file", _node.In("config.json"),
            ],
            _ => null);
        Require(options.Failure);
        _options = options.Value!;
        Secrets = secrets;
    }

    public int Secrets { get; }

    public NodeScene Node => _node;

    public byte[] Request => _request;

    /// <summary>Of the last run: the bytes that each of <see cref="Phases"/> allocated on the managed heap.</summary>
    public ReadOnlySpan<long> AllocatedBytes => _allocated;

    /// <summary>The file that the last run wrote.</summary>
    public string WrittenPath { get; private set; } = "";

    /// <returns>The number of endpoints that got a credential of a Secret.</returns>
    public int Run()
    {
        _node.TakeAuthFile();
        using var pull = new Pull(new PullInput
        {
            Options = _options,
            Variable = static _ => null,
            Run = Deadline.After(Options.RunBudget),
            Kubelet = default,
            Resources = _resources,
            Node = _kept,
            Turns = new GrantTurns(_keeper),
            Counter = GC.GetAllocatedBytesForCurrentThread,
        });
        Require(pull.Decide(_request) ?? pull.Commit());
        var beforeReport = GC.GetAllocatedBytesForCurrentThread();
        var record = pull.End(failure: null);
        var line = PullLine.Of(record);
        var entry = new JournalEntry(PullLine.PriorityOf(record), stackalloc byte[4096]);
        JournalFields.AddTo(ref entry, record, line);
        entry.Dispose();
        var beforeAnswer = GC.GetAllocatedBytesForCurrentThread();
        Require(CredentialProviderResponse.Write(pull.Image, pull.IsPrivate));
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            _allocated[(int)phase] = record.Times.Counted(phase);
        }

        _allocated[^2] = beforeAnswer - beforeReport;
        _allocated[^1] = GC.GetAllocatedBytesForCurrentThread() - beforeAnswer;
        WrittenPath = record.WrittenPath ?? "";
        return record.Endpoints.Count(e => e.IsFromSecret);
    }

    public void Dispose()
    {
        _output.Dispose();
        _keeper.Dispose();
        _resources.Dispose();
        _node.Dispose();
    }

    private static void Require(Failure? failure)
    {
        if (failure is not null)
        {
            throw new SceneException(failure.Message);
        }
    }
}
