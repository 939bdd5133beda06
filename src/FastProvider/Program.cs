using System;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.CommandLine;
using FastProvider.Commands;
using FastProvider.Events;
using FastProvider.Native;

namespace FastProvider;

/// <summary>
/// Maps a run to its exit status: 0 the kubelet was answered, 1 this pull goes on without credentials of ours, 2 the command
/// line or the environment is wrong. A first argument that is no flag is the name of a command for people.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var status = Run(args);

        // Not by returning: OpenSSL and the runtime would take themselves apart first, while the kubelet waits for the exit.
        Libc._exit(status);
        return status;
    }

    private static int Run(string[] args)
    {
        Libc.ForbidCoreDumps();
        StandardStreams.Occupy();
        Libc.IgnoreBrokenPipes();
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
            _ = StandardStreams.WriteFailure(new Utf8Line().Append(wrongUsage.Message).Bytes);
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
        catch (Exception defect)
        {
            // No input should come here. If one does, the kubelet's log gets a line like any other; the exception's own words
            // may repeat input, so they are left out.
            failure = new Failure(FailureCause.Defect,
                $"fast-provider has a defect ({defect.GetType().Name}): please report it with the image and registries.conf");
        }

        if (failure is not null)
        {
            report.SendFailure(failure);
        }

        if (options.Events)
        {
            EventProcess.Start(report, failure, args);
        }

        Sweep(options, authDirectory);
        return failure?.ExitCode ?? 0;
    }

    /// <summary>An unmirrored image never comes so far: it is answered before anything of the node is opened.</summary>
    private static void Sweep(Options options, string? authDirectory)
    {
        if (authDirectory is null || options.UntakenLifetime == TimeSpan.Zero)
        {
            return;
        }

        // Who reads the answer to its end has it now; what follows is for the runs to come.
        Libc.Close(StandardStreams.Output);
        try
        {
            UntakenFiles.Sweep(authDirectory, options.LockDir, options.UntakenLifetime, Deadline.After(UntakenFiles.MaxTime));
        }
        catch (Exception)
        {
            // All was said and answered, and the exit status is that of the pull.
        }
    }
}
