using System;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Commands.Install;
using FastProvider.Hosts;
using FastProvider.Metrics;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Agent;

/// <summary>Runs the process that stays, or asks it how it is.</summary>
internal static class AgentCommand
{
    public static Flag Socket => new("socket", FlagShape.File,
        "where to listen, the provider's --agent (default: agent.sock in the lock directory); a socket of systemd goes before");

    public static Flag IdleExit => new("idle-exit", FlagShape.Text("DURATION"),
        "end when there was no run and no waiting file for so long (default: never)");

    public static Flag MetricsListen => new("metrics-listen", FlagShape.Text("ADDRESS:PORT"),
        "answer GET /metrics there, for Prometheus, such as 127.0.0.1:9477 (default: nowhere)");

    public static Flag MetricsFile => new("metrics-file", FlagShape.File,
        "write metrics to this file every 15 s, for node_exporter's textfile collector (default: none)");

    public static Flag Root => CommonFlags.Root(
        "run the fast-provider of the node whose file system is here, with its libraries (default: this one)");

    public static Flag ProgramPath => new("program", FlagShape.File,
        $"with --root: where that one is (default: {Destination.DefaultDirectory}/{Destination.DefaultName})");

    public static Flag Respawn => new("respawn", FlagShape.Switch,
        "run the agent as a child, and start it again when it is killed; systemd does that for a service");

    public static Flag Status => new("status", FlagShape.Switch, "ask the agent that runs how it is, and print that");

    public static Command Definition => new()
    {
        Name = "agent",
        Summary = "run the process that serves this node's pulls and keeps every pod's file",
        Description = """
            Stays on the node and listens on a Unix socket. The provider hands over pulls of mirrored images to it where it
            finds it, and goes on alone where it does not. The agent keeps its connection to the API server, so a pull costs
            no handshake. It keeps the auth file of every pod until the pod's pull takes it, so pods that start together do
            not wait for each other, however long their pulls take. Beside those files it keeps only what the kubelet's other
            credential providers have answered (--chain): every pull asks the API server with its own token.

            The provider asks the agent, unless it runs with --agent none. Where no agent runs, it starts one when a pod would
            have to wait. That one ends by itself 30 s after the last file was taken. An agent that is killed leaves what it
            keeps to the next one.
            """,
        TakesPullFlags = true,
        PullFlagsNote = "Of the flags and variables of a pull only --lock-dir and --confine count here, as the others come with"
            + " each pull",
        Flags = [Socket, IdleExit, MetricsListen, MetricsFile, Respawn, Root, ProgramPath, Status],
        Examples =
        [
            "fast-provider agent",
            "fast-provider agent --metrics-listen 127.0.0.1:9477",
            "fast-provider agent --status",
        ],
        ExitStatus = "0 it was told to end, or was idle for long enough, or the status was printed; 1 it could not listen,"
            + " or no agent answers.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        if (arguments[Root] is { } root)
        {
            return CommandOutput.Fail(Become(arguments, root));
        }

        var lockDirectory = arguments.Pull.LockDir;
        var socket = arguments[Socket] ?? Options.AgentSocketIn(lockDirectory);
        if (arguments.Has(Status))
        {
            return PrintStatus(socket);
        }

        TimeSpan? idleExit = null;
        if (arguments[IdleExit] is { } duration)
        {
            if (!GoDuration.TryParse(duration, out var parsed) || parsed <= TimeSpan.Zero)
            {
                return CommandOutput.Fail(Argument.Usage($"--idle-exit: \"{duration}\" is no duration, such as 30s", "agent"));
            }

            idleExit = parsed;
        }

        MetricsAddress? metricsListen = null;
        if (arguments[MetricsListen] is { } address)
        {
            if (!MetricsAddress.TryParse(address, out var parsed))
            {
                return CommandOutput.Fail(Argument.Usage(
                    $"--metrics-listen: \"{Argument.Printable(address)}\" is no address with a port, such as 127.0.0.1:9477 or"
                    + " [::1]:9477", "agent"));
            }

            metricsListen = parsed;
        }

        if (arguments[MetricsFile] is { } file && !file.StartsWith('/'))
        {
            return CommandOutput.Fail(Argument.Usage("--metrics-file takes an absolute path", "agent"));
        }

        if (arguments.Has(Respawn))
        {
            return GuardedAgent.Run(CommandLine("fast-provider", arguments));
        }

        return AgentProcess.Run(new AgentStartup
        {
            Socket = socket,
            LockDirectory = lockDirectory,
            Confines = arguments.Pull.Confines,
            IdleExit = idleExit,
            MetricsListen = metricsListen,
            MetricsFile = arguments[MetricsFile],
        });
    }

    /// <summary>
    /// Goes on as the program of a node that is mounted here, as in a pod: the C library of a container would not do for the
    /// node's OpenSSL.
    /// </summary>
    private static Failure Become(CommandArguments arguments, string root)
    {
        if (NodeRoot.Enter(root) is { } notEntered)
        {
            return notEntered;
        }

        var program = arguments[ProgramPath] ?? $"{Destination.DefaultDirectory}/{Destination.DefaultName}";
        var words = CommandLine(program, arguments, Respawn, Status);
        return new Failure($"cannot run {program} of {root}: {Libc.Become(program, words).Words()}");
    }

    /// <summary>The command line of another agent.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">What it has of this one's.</param>
    /// <param name="switches">What else it has of it.</param>
    private static string[] CommandLine(string program, CommandArguments arguments, params ReadOnlySpan<Flag> switches)
    {
        string[] words = [program, "agent", $"--lock-dir={arguments.Pull.LockDir}"];
        foreach (var flag in (ReadOnlySpan<Flag>)[Socket, IdleExit, MetricsListen, MetricsFile, .. switches])
        {
            if (arguments[flag] is { } value)
            {
                words = [.. words, $"--{flag.Name}={value}"];
            }
        }

        return words;
    }

    private static int PrintStatus(string socket)
    {
        using var answer = new SecretBuffer();
        var reason = StatusQuestion.Ask(socket, answer);
        return reason is not AloneReason.None || !AgentReply.TryRead(answer.WrittenSpan, out var reply)
            ? CommandOutput.Fail(new Failure($"no agent answers on {socket}: {StatusQuestion.WhyNot(reason)}"))
            : CommandOutput.Send(reply.Output, 0);
    }
}
