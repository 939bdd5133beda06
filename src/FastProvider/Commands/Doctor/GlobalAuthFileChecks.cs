using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;

namespace FastProvider.Commands.Doctor;

/// <summary>The node's own logins: what they open to every namespace, and what in them hides something else.</summary>
internal static class GlobalAuthFileChecks
{
    /// <summary>Tables of registries.conf that are tried; more say the same again.</summary>
    private const int MaxTables = 200;

    public static void Run(DoctorRun run)
    {
        var files = Find(run);
        var present = Array.FindAll(files, file => run.Files.Status(file.Path, out _) == 0);
        if (present.Length == 0)
        {
            run.Ok(FindingId.GlobalAuthFile, files is [var only]
                ? $"{only.Path} is not there: the node has no credentials of its own"
                : $"no global_auth_file is set, and none of {Names(files)} is there: the node has no credentials of its own");
            return;
        }

        var redirecting = run.Registries?.Redirecting() ?? [];
        if (redirecting.Count == 0)
        {
            run.Note(FindingId.GlobalAuthFile, $"{Names(present)} was not looked into, as no image has a mirror");
            return;
        }

        var seen = new SeenKeys();
        foreach (var table in redirecting[..Math.Min(redirecting.Count, MaxTables)])
        {
            var image = ImageOf(table.Prefix);
            if (PullSources.Find(RegistriesChecks.FilesOf(run), image).Value is { } sources)
            {
                Look(present, image, sources, seen);
            }
        }

        var areKnown = true;
        foreach (var file in present)
        {
            areKnown &= ReportFile(run, file, files.Length > 1, seen.Warnings);
        }

        if (!areKnown)
        {
            return;
        }

        var names = Names(present);
        if (seen.Opened.Count > 0)
        {
            run.Warn(FindingId.GlobalAuthOpens,
                $"{names} has credentials for mirrors: every pod of the node may pull through them, whatever Secrets its"
                    + " namespace has",
                "take the keys out once the namespaces have Secrets of their own; leave those of mirrors that are meant"
                    + " for everybody",
                seen.Opened);
        }
        else
        {
            run.Ok(FindingId.GlobalAuthOpens, $"{names} has no credential for a mirror");
        }

        if (seen.Hidden.Count > 0)
        {
            run.Warn(FindingId.GlobalAuthMasks,
                $"{names}: keys keep CRI-O from the credential that fits",
                "mend or remove the key that masks it; pulls with a file of the provider are not concerned",
                seen.Hidden);
        }
        else
        {
            run.Ok(FindingId.GlobalAuthMasks, $"no key of {names} masks another for a mirror");
        }
    }

    private static NodeAuthFile[] Find(DoctorRun run)
    {
        var ours = run.Pull.GlobalAuthFile ?? run.Crio.GlobalAuthFile;
        if (CrioChecks.GlobalAuthFileOf(run) is not { } theirs)
        {
            return NodeAuthFiles.Find(
                run.Pull.GlobalAuthFile, run.Crio.GlobalAuthFile, run.Crio.Variable, run.Files);
        }

        if (theirs != ours)
        {
            run.Problem(
                FindingId.GlobalAuthFile,
                $"CRI-O reads {theirs} as the node's global auth file,"
                    + $" the provider {(string.IsNullOrEmpty(ours) ? "root's logins" : ours)}",
                $"add --global-auth-file={theirs} to the args of the provider's entry");
        }

        return [new NodeAuthFile(theirs)];
    }

    private static string Names(NodeAuthFile[] files)
    {
        List<string> names = [];
        foreach (var file in files)
        {
            names.Add(file.Path);
        }

        return string.Join(", ", names);
    }

    private static void Look(NodeAuthFile[] files, byte[] image, PullSources sources, SeenKeys seen)
    {
        using var endpoints = new PullEndpoints(sources.Endpoints, new SecretNotices());
        var logins = endpoints.TakeLogins(files, image, seen.Warnings);
        foreach (var helper in logins.Helpers)
        {
            var host = Encoding.UTF8.GetString(helper.Host);
            Add(seen.Opened, IsMirror(sources, host) ? $"credential helper {helper.Name}, for {host}" : "");
        }

        foreach (var endpoint in endpoints.All)
        {
            if (!endpoint.IsFound)
            {
                continue;
            }

            var key = ShownKey.Of(endpoint.Key.Span) + (files.Length > 1 ? $" of {endpoint.File!.Path}" : "");
            var authority = Encoding.UTF8.GetString(endpoint.Repository.Authority);
            Add(seen.Opened, IsMirror(sources, endpoint) ? $"key {key}, for {authority}" : "");
            Add(seen.Hidden, endpoint.IsFoundByCrio || (!endpoint.IsMasked && endpoint.File is { IsReadByCrio: false }) ? ""
                : endpoint.IsMasked
                    ? $"key {ShownKey.Of(endpoint.MaskingKey)} holds no credential, and masks key {key}, for {authority}"
                : $"key {key}, or the auth of its entry, is spelled as CRI-O does not read it, for {authority}");
        }
    }

    private static void Add(List<string> items, string item)
    {
        if (item.Length > 0 && !items.Contains(item))
        {
            items.Add(item);
        }
    }

    private static bool IsMirror(PullSources sources, EndpointCredential endpoint)
    {
        foreach (ref readonly var source in sources.Endpoints)
        {
            if (!source.IsPrimary && source.Repository.Span.SequenceEqual(endpoint.Repository.Name.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMirror(PullSources sources, string host)
    {
        foreach (ref readonly var source in sources.Endpoints)
        {
            if (!source.IsPrimary && new RepositoryName(source.Repository).Authority.SequenceEqual(Encoding.UTF8.GetBytes(host)))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>Whether what it holds is known.</returns>
    private static bool ReportFile(DoctorRun run, NodeAuthFile file, bool isOneOfRoots, SecretNotices warnings)
    {
        var path = file.Path;
        List<string> wrong = [];
        var isUnread = false;
        for (var notice = warnings.LastOfFiles; notice is not null; notice = notice.Before)
        {
            if (notice.Path == path)
            {
                wrong.Insert(0, notice.Text);
                isUnread |= notice.IsUnread;
            }
        }

        var isThere = Libc.StatusOfTarget(FileBytes.NulTerminated(path), out var status) == 0;
        var isEmpty = isThere && status is { Kind: Libc.S_IFREG, SizeBytes: 0 };
        if (isEmpty || isUnread)
        {
            var what = $"{path} {(isEmpty ? "is empty, which is no JSON" : "cannot be read")}";
            var cure = isEmpty ? "remove it, or write {} into it" : "mend it";
            if (file.IsReadByCrio)
            {
                run.Problem(
                    FindingId.GlobalAuthFile,
                    $"{what}: CRI-O fails pulls for which no Secret serves, as it reads the file itself",
                    cure,
                    wrong);
            }
            else
            {
                run.Warn(FindingId.GlobalAuthFile, $"{what}: the kubelet and the provider pass it over", cure, wrong);
            }

            return false;
        }

        if (wrong.Count > 0)
        {
            run.Warn(FindingId.GlobalAuthFile, $"{path} has entries that cannot be used", "mend or remove them", wrong);
        }
        else if (isThere && Ownership.Of(status, Ownership.Root).OthersMayRead)
        {
            run.Warn(FindingId.GlobalAuthFile,
                $"{path} can be read by others than root (mode {Ownership.Of(status).Octal})",
                $"chmod 0600 {path}");
        }
        else
        {
            run.Ok(FindingId.GlobalAuthFile, !isOneOfRoots ? $"{path} is there"
                : file.IsReadByCrio ? $"{path} is there: without global_auth_file CRI-O takes root's login from it"
                : $"{path} is there: CRI-O does not read it, the provider hands its logins over");
        }

        return true;
    }

    /// <summary>Some image of the prefix.</summary>
    private static byte[] ImageOf(string prefix)
    {
        var name = prefix.StartsWith("*.", StringComparison.Ordinal) ? $"some{prefix[1..]}" : prefix;
        return Encoding.UTF8.GetBytes(name.Contains('/') ? name : $"{name}/some/image");
    }

    /// <summary>What the files' keys are for.</summary>
    private sealed class SeenKeys
    {
        public SecretNotices Warnings { get; } = new() { MaxShown = MaxTables };

        /// <summary>Those with a credential for a mirror.</summary>
        public List<string> Opened { get; } = [];

        /// <summary>Those that keep CRI-O from the credential that fits.</summary>
        public List<string> Hidden { get; } = [];
    }
}
