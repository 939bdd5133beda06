using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Commands.Explain;
using FastProvider.Kubelet;
using FastProvider.Mirrors;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// registries.conf: that it is valid, that the kubelet asks for all that has mirrors, and what was recorded of their images.
/// </summary>
internal static class RegistriesChecks
{
    public static void Run(DoctorRun run)
    {
        var files = FilesOf(run);
        var read = RegistriesInventory.Read(files);
        if (!read.IsOk)
        {
            run.Problem(FindingId.RegistriesConf,
                read.Failure.Message,
                read.Failure is RegistriesFailure { Rule: RegistriesRule.V1Format }
                ? "write it in the v2 format, with [[registry]] tables."
                    + " CRI-O up to 1.37 still reads the old one, in which no registry has"
                    + " mirrors; newer ones refuse every pull with it, and so does the provider"
                : "mend it: CRI-O takes none of it after its next reload, and every run of the provider fails");
            return;
        }

        var inventory = read.Value;
        run.Registries = inventory;
        var redirecting = inventory.Redirecting();
        if (redirecting.Count == 0)
        {
            run.Warn(FindingId.RegistriesConf,
                $"no image has a mirror: {inventory.Tables.Count} [[registry]] tables in {Named(inventory)}",
                "configure mirrors; until then the provider has nothing to do");
        }
        else
        {
            run.Ok(FindingId.RegistriesConf,
                $"{redirecting.Count} of {inventory.Tables.Count} [[registry]] tables have mirrors or another location, in"
                    + $" {Named(inventory)}");
        }

        RegistriesTableChecks.Run(run, inventory);
        RegistriesKeyChecks.Run(run, inventory);
        CheckHelpers(run, files);
        CrioChecks.CheckReload(run, inventory.Files);
        if (run.Entry is not null)
        {
            CheckMatchImages(run, redirecting);
        }

        CheckOpenImages(run, inventory);
    }

    /// <summary>Where a run of the provider finds them.</summary>
    public static RegistriesFiles FilesOf(DoctorRun run) => Pulls.Pull.RegistriesFiles(run.Pull, run.Variable);

    private static string Named(RegistriesInventory inventory) =>
        inventory.Files.Count == 0 ? "no file" : string.Join(", ", inventory.Files);

    private static void CheckHelpers(DoctorRun run, RegistriesFiles files)
    {
        if (PullSources.Find(files, "localhost/any"u8).Value is { CredentialHelpersExcludeAuthFiles: true })
        {
            run.Problem(FindingId.CredentialHelpers,
                "credential-helpers of registries.conf lacks containers-auth.json, so CRI-O never reads an auth file",
                "add \"containers-auth.json\" to credential-helpers, or take the key out");
        }
        else
        {
            run.Ok(FindingId.CredentialHelpers, "CRI-O reads auth files");
        }
    }

    private static void CheckMatchImages(DoctorRun run, List<RegistriesInventory.Entry> redirecting)
    {
        var entries = Array.ConvertAll(run.Entry!.MatchImages, static text => new ImagePattern(text));
        List<string> uncovered = [], shallow = [];
        List<ImagePattern> wanted = [];
        foreach (var table in redirecting)
        {
            var prefix = new ImagePattern(table.Prefix);
            wanted.Add(prefix);
            if (ImagePattern.WhyNeverAsked(table.Prefix) is not null || RegistriesTableChecks.IsForNoImage(table.Prefix))
            {
                continue;
            }

            if (!Array.Exists(entries, entry => entry.Covers(prefix)))
            {
                var inPart = Array.Exists(entries, entry => entry.Meets(prefix)) ? " (only in part)" : "";
                uncovered.Add($"{table.Prefix}{inPart}, of {table.File}");
            }
            else if (table.Prefix.StartsWith("*.", StringComparison.Ordinal)
                && !Array.Exists(entries, entry => entry.Covers(new ImagePattern($"*.{table.Prefix}"))))
            {
                shallow.Add($"{table.Prefix}, of {table.File}");
            }
        }

        if (uncovered.Count > 0)
        {
            run.Problem(FindingId.MatchImagesCover,
                $"{run.Entry.Place}: no entry of matchImages covers these prefixes, so the kubelet does not run the provider for"
                    + " them",
                "add them, as fast-provider generate kubelet-config prints them, and restart the kubelet",
                uncovered);
        }
        else if (shallow.Count > 0)
        {
            run.Warn(
                FindingId.MatchImagesCover,
                $"{run.Entry.Place}: in registries.conf an asterisk is any number of labels, in matchImages it is one;"
                    + " hosts with more of them are not covered",
                "if there are such hosts, add what fast-provider generate kubelet-config prints, and restart the kubelet",
                shallow);
        }
        else
        {
            run.Ok(FindingId.MatchImagesCover, $"matchImages covers all {redirecting.Count} prefixes that have mirrors");
        }

        List<string> useless = [];
        foreach (var entry in entries)
        {
            if (entry.WhyNeverMatches() is { } why)
            {
                useless.Add($"{entry.Text} matches no image: {why}");
            }
            else if (!wanted.Exists(prefix => prefix.Meets(entry) || prefix.Text.StartsWith("*.", StringComparison.Ordinal)))
            {
                useless.Add($"{entry.Text}: no prefix of registries.conf has mirrors there");
            }
        }

        if (useless.Count > 0)
        {
            run.Warn(FindingId.MatchImagesUseless,
                $"{run.Entry.Place}: entries of matchImages are of no use",
                "take them out; such runs only cost time",
                useless);
        }
        else
        {
            run.Ok(FindingId.MatchImagesUseless, $"all {entries.Length} entries of matchImages are of use");
        }
    }

    /// <summary>
    /// What the kubelet recorded as open to every pod before the provider said otherwise stays so until the image goes.
    /// </summary>
    private static void CheckOpenImages(DoctorRun run, RegistriesInventory inventory)
    {
        if (run.Kubelet is not { } kubelet || !run.Files.IsDirectory(PulledImages.Directory(kubelet.RootDirectory)))
        {
            run.Note(FindingId.OpenImages, "the kubelet keeps no records of how images came to the node");
            return;
        }

        List<string> open = [];
        var all = PulledImages.OpenToNode(run.Files, kubelet.RootDirectory, out var isCut);
        foreach (var image in all)
        {
            if (ImageArgument.Read(image).Value is { } read
                && inventory.Deciding(Encoding.UTF8.GetBytes(read.Repository)) is { Redirects: true })
            {
                open.Add(image);
            }
        }

        if (open.Count > 0)
        {
            run.Warn(
                FindingId.OpenImages,
                $"{open.Count} images of mirrored registries are recorded as open to every pod of the node,"
                    + " whatever its namespace",
                "public images are meant to be; remove the private ones (crictl rmi IMAGE): the next pull records whose they are",
                open);
        }
        else if (!isCut)
        {
            run.Ok(FindingId.OpenImages, "no image of a mirrored registry is recorded as open to every pod");
        }

        if (isCut)
        {
            run.Unknown(FindingId.OpenImages, "there are more records than doctor reads, 10,000");
        }
    }
}
