using System;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Commands.Install;

/// <summary>Puts the program where a kubelet runs it, once or again and again.</summary>
internal static class InstallCommand
{
    public static Flag From => new("from", FlagShape.File, "the program to install (default: this one)");

    public static Flag To => new("to", FlagShape.Directory,
        "the kubelet's --image-credential-provider-bin-dir (default: /usr/libexec/kubelet-image-credential-provider-plugins)");

    public static Flag Name => CommonFlags.Name(
        "its name there, the one of the kubelet's configuration; crio-credential-provider to take the Go provider's place"
        + " (default: fast-provider)");

    public static Flag Root => CommonFlags.Root(
        "the node's file system, where it is mounted in a container;"
            + " --to is below it, and the trial run is done in it (default: /)");

    public static Flag UnlessRolledBack => new("unless-rolled-back", FlagShape.Switch,
        "do nothing where a rollback took this very program out of its place");

    public static Flag Keep => new("keep", FlagShape.Switch,
        "stay, look again and again, and install it anew where it was lost or replaced; implies --unless-rolled-back");

    public static Flag Every =>
        new("every", FlagShape.Text("DURATION"), "with --keep: the time between two looks, from 1s to 24h (default: 5m)");

    public static Command Definition => new()
    {
        Name = "install",
        Summary = "put this program where the kubelet runs it, with a way back",
        Description = """
            Copies the program into the kubelet's directory in one step: a pull at the same moment runs the old program or the
            new one. It is written beside its place, synced, and run once; what does not run on this node (another
            architecture, an older C library) never takes the place. The program that was there is kept beside it, with
            its SELinux label given to the new one; fast-provider rollback puts it back.

            A kubelet whose configuration names it runs it from the next pull on, without a restart; the command says whether this
            node's does. Only a change of the kubelet's own configuration needs a restart, and this command never does that.

            The same program again changes nothing. Directories that others than their owner can write are refused.
            """,
        Flags = [From, To, Name, Root, UnlessRolledBack, Keep, Every],
        Examples =
        [
            "fast-provider install",
            "fast-provider install --name crio-credential-provider",
            "fast-provider install --root /host --keep",
        ],
        ExitStatus = "0 it is there; 1 it is not, and what was there before still is.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var every = TimeSpan.FromMinutes(5);
        if (arguments[Every] is { } given && (!GoDuration.TryParse(given, out every) || every < TimeSpan.FromSeconds(1)))
        {
            return CommandOutput.Fail(
                Argument.Usage($"--every: \"{Argument.Printable(given)}\" is no duration from 1s to 24h, such as 5m",
                    Definition.Name));
        }

        var read = Destination.Read(arguments);
        if (!read.IsOk)
        {
            return CommandOutput.Fail(read.Failure);
        }

        var destination = read.Value;

        var keeps = arguments.Has(Keep);
        if (keeps)
        {
            Libc.EndAtTermination();
        }

        // Before the root changes: it is a file of the container.
        var source = arguments[From] ?? "/proc/self/exe";
        var fault = FileBytes.Read(source, InstalledProgram.MaxBytes, out var bytes);
        using (bytes)
        {
            if (!fault.IsNone)
            {
                return CommandOutput.Fail(new Failure($"cannot read {source}: {fault}"));
            }

            if (destination.EnterRoot() is { } notEntered)
            {
                return CommandOutput.Fail(notEntered);
            }

            var installation = new Installation(destination, bytes.Memory, keeps || arguments.Has(UnlessRolledBack));
            return keeps ? installation.Keep(every) : installation.Once();
        }
    }
}
