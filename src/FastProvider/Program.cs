using System;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Commands;
using FastProvider.Events;
using FastProvider.Native;
using FastProvider.Pulls;
using FastProvider.Settings;

namespace FastProvider;

/// <summary>
/// Maps a run to its exit status: 0 the kubelet was answered, 1 this pull goes on without credentials of ours, 2 the command
/// line or the environment is wrong. A first argument that is no flag is the name of a command for people.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        int status;
        try
        {
            status = Run(args);
        }
        catch (OutOfMemoryException)
        {
            // Where memory is so short that not even a line can be made; this one is in the binary.
            _ = StandardStreams.Write(
                StandardStreams.Error, "fast-provider ran out of memory: is there a limit (RLIMIT_DATA, RLIMIT_AS)? It needs up to 64 MB"u8);
            status = Failure.PullFailed;
        }

        // Not by returning: OpenSSL and the runtime would take themselves apart first, while the kubelet waits for the exit.
        Libc._exit(status);
        return status;
    }

    private static int Run(string[] args)
    {
        Libc.ForbidCoreDumps();
        StandardStreams.Occupy();
        Libc.IgnoreFailedWrites();
        if (EventProcess.IsThis(args))
        {
            return EventProcess.Run(args);
        }

        if (Command.RunNamed(args, Environment.GetEnvironmentVariable) is { } status)
        {
            return status;
        }

        if (Options.Read(args, Environment.GetEnvironmentVariable, out var options) is { } wrongUsage)
        {
            _ = StandardStreams.WriteFailure(new SafeText().Append(wrongUsage.Message).Bytes);
            return wrongUsage.ExitCode;
        }

        if (options.Inquiry is not Inquiry.None)
        {
            var text = options.Inquiry switch
            {
                Inquiry.Help => Help.Text(),
                Inquiry.Version => Help.Version,
                _ => Help.VersionJson,
            };
            return StandardStreams.Write(StandardStreams.Output, Encoding.UTF8.GetBytes(text)) == 0 ? 0 : Failure.PullFailed;
        }

        var report = new PullReport(options);
        string? authDirectory = null;
        Failure? failure;
        try
        {
            failure = Pull.Run(options, Environment.GetEnvironmentVariable, report, out authDirectory);
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

        if (failure is not null)
        {
            report.SendFailure(WithMemoryLimit(failure));
        }

        if (options.Events)
        {
            EventProcess.Start(report, failure, args);
        }

        Sweep(options, authDirectory);
        return failure?.ExitCode ?? 0;
    }

    /// <summary>Under a limit of memory anything may fail for it, a library that is not loaded, say: then the limit is named, too.</summary>
    private static Failure WithMemoryLimit(Failure failure)
    {
        const long neededMb = 64;
        var cause = failure.Cause;
        return Libc.MemoryLimitBytes() is var bytes && bytes < neededMb << 20
            ? new Failure(
                cause,
                $"{failure.Message}; it may be for want of memory: a run of fast-provider may need {neededMb} MB, and RLIMIT_DATA or RLIMIT_AS"
                + $" of the kubelet gives it {bytes >> 10} kB", failure.ExitCode)
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
