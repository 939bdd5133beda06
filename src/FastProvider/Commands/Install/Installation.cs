using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>One program for one place, put there once or whenever it is not there.</summary>
internal sealed class Installation(Destination destination, ReadOnlyMemory<byte> program, bool unlessRolledBack)
{
    /// <summary>Installs it unless it is there.</summary>
    /// <returns>The exit status.</returns>
    public int Once()
    {
        var done = Look();
        return done.IsOk ? new CommandOutput().Line(done.Value).Send() : CommandOutput.Fail(done.Failure);
    }

    /// <summary>Installs it, and looks again and again until a signal comes. Later failures are said, and it goes on.</summary>
    /// <returns>The exit status.</returns>
    public int Keep(TimeSpan every)
    {
        var saidBefore = "";
        for (var isFirst = true; ; isFirst = false)
        {
            var done = Look();
            if (!done.IsOk && isFirst)
            {
                return CommandOutput.Fail(done.Failure);
            }

            var said = done.IsOk ? done.Value : done.Failure.Message;
            if (!done.IsOk && said != saidBefore)
            {
                CommandOutput.Fail(done.Failure);
            }
            else if (done.IsOk && said != saidBefore && new CommandOutput().Line(said).Send() is var status and not 0)
            {
                return status;
            }

            saidBefore = said;
            if (Libc.WaitForTermination(every))
            {
                return 0;
            }
        }
    }

    /// <returns>What was done, for people.</returns>
    private Result<string> Look()
    {
        var opened = ProgramDirectory.Open(destination.Directory, make: true);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        using var directory = opened.Value;
        return Put(new InstalledProgram(directory, destination.Name));
    }

    private Result<string> Put(InstalledProgram place)
    {
        if ((place.Finish() ?? place.CheckPlace()) is { } failure)
        {
            return failure;
        }

        if (place.Holds(program.Span))
        {
            return $"{place.Path} is this program already: nothing to do";
        }

        if (unlessRolledBack && place.Refuses(program.Span))
        {
            return $"{place.Path} was rolled back from this program: nothing is done; to have it again: fast-provider"
                + " rollback, or install by hand";
        }

        if (place.Write(program.Span) is { } unwritten)
        {
            place.Discard();
            return unwritten;
        }

        var version = VersionCheck.Ours(place.CandidatePath);
        if (!version.IsOk)
        {
            place.Discard();
            return version.Failure;
        }

        return place.TakeOver() is { } notTaken ? notTaken
            : $"installed {version.Value} as {place.Path}, {KubeletUse.Words(destination)}"
                + (place.HasPrevious ? $"; the one before is kept as {place.PreviousPath}" : "");
    }
}
