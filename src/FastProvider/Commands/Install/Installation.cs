using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>One program for one place, put there once or whenever it is not there.</summary>
internal sealed class Installation(Destination destination, ReadOnlyMemory<byte> program, bool unlessRolledBack)
{
    /// <summary>Installs it unless it is there.</summary>
    /// <returns>The exit status.</returns>
    public int Once() => Look(out var said) is { } failure ? Page.Fail(failure) : new Page().Line(said).Send();

    /// <summary>Installs it, and looks again and again until a signal comes. Later failures are said, and it goes on.</summary>
    /// <returns>The exit status.</returns>
    public int Keep(TimeSpan every)
    {
        var saidBefore = "";
        for (var isFirst = true; ; isFirst = false)
        {
            if (Look(out var said) is { } failure)
            {
                if (isFirst)
                {
                    return Page.Fail(failure);
                }

                said = failure.Message;
                if (said != saidBefore)
                {
                    Page.Fail(failure);
                }
            }
            else if (said != saidBefore && new Page().Line(said).Send() is var status and not 0)
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

    private Failure? Look(out string said)
    {
        said = "";
        var failure = ProgramDirectory.Open(destination.Directory, make: true, out var directory);
        using (directory)
        {
            return failure ?? Put(new InstalledProgram(directory!, destination.Name), out said);
        }
    }

    private Failure? Put(InstalledProgram place, out string said)
    {
        said = "";
        if ((place.Finish() ?? place.CheckPlace()) is { } failure)
        {
            return failure;
        }

        if (place.Holds(program.Span))
        {
            said = $"{place.Path} is this program already: nothing to do";
            return null;
        }

        if (unlessRolledBack && place.Refuses(program.Span))
        {
            said = $"{place.Path} was rolled back from this program: nothing is done; to have it again: fast-provider rollback, or install by hand";
            return null;
        }

        failure = place.Write(program.Span);
        var version = "";
        failure ??= Trial.Ours(place.CandidatePath, out version);
        if (failure is not null)
        {
            place.Discard();
            return failure;
        }

        failure = place.TakeOver();
        said = $"installed {version} as {place.Path}, {KubeletUse.Words(destination)}"
            + (place.HasPrevious ? $"; the one before is kept as {place.PreviousPath}" : "");
        return failure;
    }
}
