using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.Commands.Doctor;

/// <summary>The node's global auth file: what it opens to every namespace, and what in it hides something else.</summary>
internal static class GlobalAuthFileChecks
{
    /// <summary>Tables of registries.conf that are tried; more say the same again.</summary>
    private const int MaxTables = 200;

    public static void Run(Checkup checkup)
    {
        var path = checkup.Pull.GlobalAuthFile ?? checkup.Crio.GlobalAuthFileOrDefault;
        if (CrioChecks.GlobalAuthFileOf(checkup) is { } theirs && theirs != path)
        {
            checkup.Problem(
                FindingId.GlobalAuthFile,
                $"CRI-O reads {theirs} as the node's global auth file, the provider {path}",
                $"add --global-auth-file={theirs} to the args of the provider's entry");
            path = theirs;
        }

        if (!checkup.Files.Exists(path))
        {
            checkup.Ok(FindingId.GlobalAuthFile, $"{path} is not there: the node has no credentials of its own");
            return;
        }

        var redirecting = checkup.Registries?.Redirecting() ?? [];
        if (redirecting.Count == 0)
        {
            checkup.Note(FindingId.GlobalAuthFile, $"{path} was not looked into, as no image has a mirror");
            return;
        }

        var warnings = new Warnings { MaxShown = MaxTables };
        List<string> opened = [], hidden = [];
        foreach (var table in redirecting[..Math.Min(redirecting.Count, MaxTables)])
        {
            if (PullSources.Find(RegistriesChecks.FilesOf(checkup), ImageOf(table.Prefix), out var sources) is null)
            {
                Look(path, sources, warnings, opened, hidden);
            }
        }

        if (!ReportFile(checkup, path, warnings))
        {
            return;
        }

        if (opened.Count > 0)
        {
            checkup.Warn(FindingId.GlobalAuthOpens,
                $"{path} has credentials for mirrors: every pod of the node may pull through them, whatever Secrets its"
                    + " namespace has",
                "take the keys out once the namespaces have Secrets of their own; leave those of mirrors that are meant"
                    + " for everybody",
                opened);
        }
        else
        {
            checkup.Ok(FindingId.GlobalAuthOpens, $"{path} has no credential for a mirror");
        }

        if (hidden.Count > 0)
        {
            checkup.Warn(FindingId.GlobalAuthMasks,
                $"{path}: keys keep CRI-O from the credential that fits",
                "mend or remove the key that masks it; pulls with a file of the provider are not concerned",
                hidden);
        }
        else
        {
            checkup.Ok(FindingId.GlobalAuthMasks, $"no key of {path} masks another for a mirror");
        }
    }

    private static void Look(string path, PullSources sources, Warnings warnings, List<string> opened, List<string> hidden)
    {
        using var endpoints = PullEndpoints.Take(sources.Endpoints, new Warnings());
        var file = GlobalAuthFile.Read(path, endpoints.All, warnings);
        foreach (var helper in file.Helpers)
        {
            var host = Encoding.UTF8.GetString(helper.Host);
            Add(opened, IsMirror(sources, host) ? $"credential helper {Encoding.UTF8.GetString(helper.Helper)}, for {host}" : "");
        }

        foreach (var endpoint in endpoints.All)
        {
            if (!endpoint.IsFound)
            {
                continue;
            }

            var key = Encoding.UTF8.GetString(endpoint.Key.Span);
            var authority = Encoding.UTF8.GetString(endpoint.Repository.Authority);
            Add(opened, IsMirror(sources, endpoint) ? $"key {key}, for {authority}" : "");
            Add(hidden, endpoint.IsFoundByCrio ? ""
                : endpoint.MaskingKey.Length > endpoint.Key.Length
                    ? $"key {Encoding.UTF8.GetString(endpoint.MaskingKey)} holds no credential, and masks key {key}, for {authority}"
                : $"key {key} is spelled as CRI-O does not look for it, for {authority}");
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
    private static bool ReportFile(Checkup checkup, string path, Warnings warnings)
    {
        List<string> wrong = [];
        foreach (var warning in warnings.Shown)
        {
            Add(wrong, warning);
        }

        if (wrong.Exists(warning => warning.StartsWith($"global auth file {path} ", StringComparison.Ordinal)))
        {
            checkup.Problem(
                FindingId.GlobalAuthFile,
                $"{path} cannot be read: CRI-O fails pulls for which no Secret serves, as it reads the file itself",
                "mend it",
                wrong);
            return false;
        }

        if (wrong.Count > 0)
        {
            checkup.Warn(FindingId.GlobalAuthFile, $"{path} has entries that cannot be used", "mend or remove them", wrong);
        }
        else if (Libc.StatusOfTarget(FileBytes.NulTerminated(path), out var status) == 0 && (status.Mode & 0x24) != 0) // 0044
        {
            checkup.Warn(FindingId.GlobalAuthFile,
                $"{path} can be read by others than root (mode {Convert.ToString(status.Mode & 0xFFF, 8)})",
                $"chmod 0600 {path}");
        }
        else
        {
            checkup.Ok(FindingId.GlobalAuthFile, $"{path} is there");
        }

        return true;
    }

    /// <summary>Some image of the prefix.</summary>
    private static byte[] ImageOf(string prefix)
    {
        var name = prefix.StartsWith("*.", StringComparison.Ordinal) ? $"some{prefix[1..]}" : prefix;
        return Encoding.UTF8.GetBytes(name.Contains('/') ? name : $"{name}/some/image");
    }
}
