using FastProvider.Base;

namespace FastProvider.Commands.Install;

/// <summary>Puts the program back that <see cref="InstallCommand"/> has replaced.</summary>
internal static class RollbackCommand
{
    public static Command Definition => new()
    {
        Name = "rollback",
        Summary = "put the program back that install has replaced",
        Description = """
            The program in the kubelet's directory and the one that was there before change places, in one step as at the
            installation; a second rollback takes it back. The one that comes back is run once before: what does not
            run on this node never takes the place.

            It holds also where a DaemonSet keeps the program installed: that leaves alone what was rolled back from the program
            it brings. A kubelet that is configured for it runs it from the next pull on, without a restart.
            """,
        Flags = [InstallCommand.To, InstallCommand.Name, InstallCommand.Root],
        Examples = ["fast-provider rollback", "fast-provider rollback --name crio-credential-provider"],
        ExitStatus = "0 it is back; 1 it is not, and what was there still is.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var read = Destination.Read(arguments);
        if (!read.IsOk)
        {
            return CommandOutput.Fail(read.Failure);
        }

        var destination = read.Value;
        if (destination.EnterRoot() is { } notEntered)
        {
            return CommandOutput.Fail(notEntered);
        }

        var opened = ProgramDirectory.Open(destination.Directory, make: false);
        if (!opened.IsOk)
        {
            return CommandOutput.Fail(opened.Failure);
        }

        using var directory = opened.Value;
        var place = new InstalledProgram(directory, destination.Name);
        var exchanged = Exchange(place);
        return !exchanged.IsOk
            ? CommandOutput.Fail(exchanged.Failure)
            : new CommandOutput().Line($"{place.Path} is {exchanged.Value} again, {KubeletUse.Words(destination)}"
                + (place.HasPrevious ? $"; the other is kept as {place.PreviousPath}, and a second rollback takes it back" : ""))
                    .Send();
    }

    /// <returns>What the program is that came back.</returns>
    private static Result<string> Exchange(InstalledProgram place)
    {
        if ((place.Finish() ?? place.CheckPlace() ?? place.CheckPrevious()) is { } refused)
        {
            return refused;
        }

        var what = VersionCheck.Any(place.PreviousPath);
        return what.IsOk && place.Exchange() is { } failure ? failure : what;
    }
}
