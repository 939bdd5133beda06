using System;
using FastProvider.Base;
using FastProvider.Commands;
using FastProvider.Events;
using FastProvider.Hosts;
using FastProvider.Native;
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
                StandardStreams.Error,
                "fast-provider ran out of memory: is there a limit (RLIMIT_DATA, RLIMIT_AS)? It needs up to 64 MB"u8);
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

        var options = Options.Read(args, Environment.GetEnvironmentVariable);
        if (!options.IsOk)
        {
            _ = StandardStreams.WriteFailure(new SafeText().Append(options.Failure.Message).Bytes);
            return options.Failure.ExitCode;
        }

        return options.Value.Inquiry is Inquiry.None
            ? PluginProcess.Run(options.Value, args)
            : Answer(options.Value.Inquiry);
    }

    private static int Answer(Inquiry inquiry)
    {
        var text = inquiry switch
        {
            Inquiry.Help => Help.Text(),
            Inquiry.Version => Help.Version,
            _ => Help.VersionJson,
        };
        return CommandOutput.Print(text);
    }
}
