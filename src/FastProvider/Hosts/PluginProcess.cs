using System;
using FastProvider.AuthFile;
using FastProvider.Base;
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
        var input = new PullInput
        {
            Options = options,
            Variable = Environment.GetEnvironmentVariable,
            Run = Deadline.After(Options.RunBudget),
            Kubelet = KubeletHint.Parent(parentId),
            // From there on the file may lie there without its pull: the process does not end before it has answered.
            BeforeWrite = Libc.IgnoreTermination,
        };
        PullRecord record;
        PodEvent? podEvent;
        using (var pull = new Pull(input))
        {
            record = Serve(pull, options);
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
    private static PullRecord Serve(Pull pull, Options options)
    {
        Failure failure;
        try
        {
            if ((Decide(pull, options) ?? pull.Commit()) is { } noFile)
            {
                failure = noFile;
            }
            else
            {
                var record = pull.End(failure: null);
                var line = LineOf(record, options);
                Say(record, line);
                if (CredentialProviderResponse.Write(pull.Image, pull.IsPrivate) is not { } unanswered)
                {
                    Keep(record, line);
                    return record;
                }

                failure = unanswered;
            }
        }
        catch (OutOfMemoryException)
        {
            failure = new Failure(FailureCause.OutOfMemory, "this run could not have the memory that it needs");
        }
        catch (Exception defect)
        {
            // No input should come here. If one does, the kubelet's log gets a line like any other; the exception's own words
            // may repeat input, so they are left out.
            failure = new Failure(FailureCause.Defect,
                $"fast-provider has a defect ({defect.GetType().Name}): please report it with the image and registries.conf");
        }

        Undo(pull);
        var failed = pull.End(WithMemoryLimit(failure));
        var failedLine = LineOf(failed, options);
        Say(failed, failedLine);
        Keep(failed, failedLine);
        return failed;
    }

    private static Failure? Decide(Pull pull, Options options)
    {
        using var request = new SecretBuffer();
        return StandardInput.ReadTo(request, options.RequestWait) ?? pull.Decide(request.WrittenSpan);
    }

    private static void Undo(Pull pull)
    {
        try
        {
            pull.Undo();
        }
        catch (Exception)
        {
            // Why the pull failed matters more than why its slot could not be emptied.
        }
    }

    /// <summary>What is said of the pull; null where the log level wants nothing of it.</summary>
    private static SafeText? LineOf(PullRecord record, Options options) =>
        options.LogLevel >= PullLine.LevelOf(record) ? PullLine.Of(record) : null;

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
    private static void Keep(PullRecord record, SafeText? line)
    {
        if (line is not null)
        {
            var entry = new JournalEntry(PullLine.PriorityOf(record), stackalloc byte[JournalStackBytes]);
            JournalFields.AddTo(ref entry, record, line);
            entry.Send();
            entry.Dispose();
        }
    }

    /// <summary>
    /// Under a limit of memory anything may fail for it, a library that is not loaded, say: then the limit is named, too.
    /// </summary>
    private static Failure WithMemoryLimit(Failure failure)
    {
        const long neededMb = 64;
        return Libc.MemoryLimitBytes() is var bytes && bytes < neededMb << 20
            ? new Failure(
                failure.Cause,
                $"{failure.Message}; it may be for want of memory: a run of fast-provider may need {neededMb} MB,"
                + " and RLIMIT_DATA or RLIMIT_AS"
                + $" of the kubelet gives it {bytes >> 10} kB", failure.ExitCode)
            {
                ForTenant = failure.ForTenant,
            }
            : failure;
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
        var (now, bound) = (DateTime.UtcNow, Deadline.After(UntakenFiles.MaxTime));
        try
        {
            if (options.UntakenLifetime > TimeSpan.Zero)
            {
                UntakenFiles.Sweep(authDirectory, options.LockDir, options.UntakenLifetime, now, bound);
            }

            if (OwnedDirectory.OpenExisting(options.LockDir) is { } opened)
            {
                using var locks = opened;
                StaleLocks.Sweep(locks, now, bound);
                EventState.Sweep(locks, now, bound);
            }
        }
        catch (Exception)
        {
            // All was said and answered, and the exit status is that of the pull.
        }
    }
}
