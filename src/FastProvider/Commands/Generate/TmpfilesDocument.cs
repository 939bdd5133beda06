using System;
using FastProvider.Base;

namespace FastProvider.Commands.Generate;

/// <summary>
/// The directories that the plugin would make itself, made at boot with the right mode and label, see tmpfiles.d(5).
/// </summary>
internal static class TmpfilesDocument
{
    public static Result<string> Write(GenerateOptions options)
    {
        return new Template().Set("locks", Path(options.Pull.LockDir)).Set("auth", Path(options.AuthDirectory)).Fill(Directories);
    }

    private static ReadOnlySpan<byte> Directories => """
        # /etc/tmpfiles.d/fast-provider.conf (of a package: /usr/lib); at once: systemd-tmpfiles --create fast-provider.conf
        #
        # Type d makes a directory, or mends mode, owner and SELinux label of one that is there. It never looks into it: what lies there
        # may be in use just now (Z would walk through it, D would empty it). The last column must stay a dash: an age
        # would have lock files removed while runs hold them, and two runs could then hold two locks of one name.

        # The locks of the auth files, and the counts of Events.
        d $(locks) 0700 root root -

        # Where CRI-O takes auth files from. Who comes first makes it: CRI-O 0755, the plugin 0700. Both run as root, and what is in there
        # is 0600 in either case; with 0700 nobody else sees which namespaces pull which images, so that is what it gets.
        d $(auth) 0700 root root -

        """u8;

    private static string Path(string path)
    {
        foreach (var c in path)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '_' or '.'))
            {
                return Quoted.Systemd(path);
            }
        }

        return path;
    }
}
