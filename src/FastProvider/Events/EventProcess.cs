using System;
using FastProvider.Base;
using FastProvider.Confinement;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Settings;
using FastProvider.Transport;

namespace FastProvider.Events;

/// <summary>
/// The process that writes an Event: this program once more, in a session of its own and without the kubelet's pipes, as the
/// kubelet waits for the exit of the one that it started, and for the end of whatever holds a pipe. It is told what to say by a
/// sealed file in memory, and that is also how it knows that it was started so and not by hand.
/// </summary>
internal static class EventProcess
{
    /// <summary>The first argument of such a process; those of the pull follow, as they say where the API server is.</summary>
    public const string Argument = "--internal-pod-event";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    /// <summary>Whatever the process hangs in, it ends by this.</summary>
    private const uint AlarmSeconds = 12;

    /// <summary>Starts the process; whether that works changes nothing for the pull.</summary>
    /// <param name="about">What it writes.</param>
    /// <param name="args">The command line of the pull.</param>
    /// <param name="kubeletId">The process that may be the kubelet.</param>
    public static void Start(PodEvent about, ReadOnlySpan<string> args, int kubeletId)
    {
        try
        {
            var input = Libc.SealedFile("fast-provider-event\0"u8, about.ToBytes(kubeletId));
            if (input >= 0)
            {
                _ = Libc.SpawnDetached("/proc/self/exe", ["fast-provider", Argument, .. args], input, out _);
                Libc.Close(input);
            }
        }
        catch (OutOfMemoryException)
        {
            // The kubelet has its answer, which stays right.
        }
    }

    /// <summary>Whether this process is one that <see cref="Start"/> has started.</summary>
    public static bool IsThis(ReadOnlySpan<string> args) =>
        !args.IsEmpty && args[0] == Argument && Libc.IsSealed(StandardStreams.Input) && Libc.IsSessionLeader();

    /// <summary>What the process does.</summary>
    /// <returns>Its exit status, which nobody reads.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        _ = Libc.alarm(AlarmSeconds);
        using var input = new SecretBuffer();
        if (Request.StandardInput.ReadTo(input, Budget) is not null
            || PodEvent.Read(input.WrittenSpan, out var kubeletId) is not { } about)
        {
            return Failure.WrongUsage;
        }

        var options = Options.Read(args[1..], Environment.GetEnvironmentVariable);
        if (options.Value is { Confines: true })
        {
            _ = CallFilter.Apply(mayExecute: false);
        }

        var failure = options.IsOk
            ? OpenSsl.Load() ?? Tell(about, options.Value, Environment.GetEnvironmentVariable, kubeletId)
            : options.Failure;
        return failure is null ? 0 : Complain(about, failure);
    }

    /// <summary>Writes the Event in this process; what goes wrong stands in the journal.</summary>
    /// <param name="about">What it says.</param>
    /// <param name="options">The settings of the pull.</param>
    /// <param name="variable">Looks a variable of the pull's environment up.</param>
    /// <param name="kubeletId">The process that may be the kubelet.</param>
    public static void Write(PodEvent about, Options options, Func<string, string?> variable, int kubeletId)
    {
        if (Tell(about, options, variable, kubeletId) is { } failure)
        {
            Complain(about, failure);
        }
    }

    private static int Complain(PodEvent about, Failure failure)
    {
        var entry = new JournalEntry(JournalPriority.Warning, []);
        entry.Add("MESSAGE"u8, new SafeText().Append(
            $"the Event {EventReasonName.Of(about.Reason)} on pod {about.Pod.Namespace}/{about.Pod.Name}"
                + $" could not be written: {failure.Message}").Bytes);
        entry.Send();
        entry.Dispose();
        return failure.ExitCode;
    }

    private static Failure? Tell(PodEvent about, Options options, Func<string, string?> variable, int kubeletId)
    {
        var deadline = Deadline.After(Budget);
        var opened = EventState.Open(options.LockDir, about, deadline);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        using (var state = opened.Value)
        {
            var now = DateTime.UtcNow;
            if (!state.Add(EventDocument.Name(about), now))
            {
                return null;
            }

            var discovery = options.ToApiServer(KubeletHint.Parent(kubeletId));
            return ApiServerRoute.Find(discovery, variable, out var server)
                ?? EventWriter.Write(about, state.Count, server, now, deadline);
        }
    }
}
