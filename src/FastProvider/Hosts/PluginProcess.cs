using System;
using FastProvider.Base;
using FastProvider.Confinement;
using FastProvider.Events;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Request;
using FastProvider.Response;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>The process that a kubelet runs for one pull: the request on standard input, the answer on standard output.</summary>
internal static class PluginProcess
{
    private const int JournalStackBytes = 4096;

    /// <summary>Serves the kubelet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="args">The command line, for the process of an Event.</param>
    /// <returns>The exit status.</returns>
    public static int Run(Options options, string[] args)
    {
        var parentId = Libc.getppid();
        var run = Deadline.After(Options.RunBudget);
        var agent = new AgentRun(options, args, parentId, run);
        var input = new PullInput
        {
            Options = options,
            Variable = Environment.GetEnvironmentVariable,
            Run = run,
            Kubelet = KubeletHint.Parent(parentId),
            Turns = agent,
            // From there on the file may lie there without its pull: the process does not end before it has answered.
            BeforeWrite = Libc.IgnoreTermination,
        };
        PullRecord? record;
        PodEvent? podEvent;
        using (var pull = new Pull(input))
        {
            record = Serve(pull, options, agent);
            if (record is null)
            {
                return agent.ExitStatus;
            }

            podEvent = options.Events ? PodEvent.Of(record) : null;
        }

        if (podEvent is not null)
        {
            EventProcess.Start(podEvent, args, parentId);
        }

        Sweep(options, record.AuthDirectory);
        return record.Failure?.ExitCode ?? 0;
    }

    /// <summary>
    /// Says what was decided, then answers: the kubelet waits for the answer, and drops a line that comes after it. The journal
    /// gets one entry, which knows whether the answer was given.
    /// </summary>
    /// <returns>Null if the agent did all of it.</returns>
    private static PullRecord? Serve(Pull pull, Options options, AgentRun agent)
    {
        Failure failure;
        try
        {
            using var request = new SecretBuffer();
            var unread = StandardInput.ReadTo(request, options.RequestWait)
                ?? pull.Read(request.WrittenSpan) ?? pull.DecideMirrors();
            if (unread is null && pull.SeeksCredentials && agent.TryServe(request.WrittenSpan))
            {
                return null;
            }

            request.Release();
            Confine(pull, options, agent);
            if ((unread ?? pull.DecideCredentials() ?? pull.Commit()) is { } noFile)
            {
                failure = noFile;
            }
            else
            {
                var record = pull.End(failure: null);
                var line = PullEnd.LineOf(record, options);
                Say(record, line);
                if (CredentialProviderResponse.Write(pull.Image, pull.IsPrivate) is not { } unanswered)
                {
                    agent.Confirm();
                    Keep(record, line, agent);
                    agent.Remember(pull.Remembered);
                    return record;
                }

                failure = unanswered;
            }
        }
        catch (Exception exception)
        {
            failure = PullEnd.FailureOf(exception);
        }

        var failed = PullEnd.Fail(pull, failure);
        var failedLine = PullEnd.LineOf(failed, options);
        Say(failed, failedLine);
        Keep(failed, failedLine, agent);
        return failed;
    }

    /// <summary>
    /// From here on the process has to do with what others send. An image without a mirror never comes so far: it pays nothing.
    /// </summary>
    private static void Confine(Pull pull, Options options, AgentRun agent)
    {
        if (options.Confines && pull.SeeksCredentials && !pull.MayRunProviders)
        {
            // A kernel that cannot do it is as before; doctor says so.
            _ = CallFilter.Apply(mayExecute: options.Events || agent.MayStartAgent);
        }
    }

    /// <summary>Writes the line for the kubelet's log.</summary>
    private static void Say(PullRecord record, SafeText? line)
    {
        if (line is not null)
        {
            _ = record.Failure is null
                ? StandardStreams.Write(StandardStreams.Error, line.WithNewLine())
                : StandardStreams.WriteFailure(line.Bytes);
        }
    }

    /// <summary>Writes the entry of the journal.</summary>
    private static void Keep(PullRecord record, SafeText? line, AgentRun agent)
    {
        if (line is not null)
        {
            var entry = new JournalEntry(PullLine.PriorityOf(record), stackalloc byte[JournalStackBytes]);
            PullEnd.Describe(ref entry, record, line, new PullHost(isAgent: false, agent.Alone));
            entry.Send();
            entry.Dispose();
        }
    }

    /// <summary>An unmirrored image never comes so far: it is answered before anything of the node is opened.</summary>
    private static void Sweep(Options options, string? authDirectory)
    {
        if (authDirectory is null)
        {
            return;
        }

        // Who reads the answer to its end has it now; what follows is for the runs to come.
        Libc.Close(StandardStreams.Output);
        NodeSweep.Run(options, authDirectory);
    }
}
