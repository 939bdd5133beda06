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
        var path = checkup.Pull.GlobalAuthFile ?? checkup.Crio.GlobalAuthFile;
        if (!checkup.Files.Exists(path))
        {
            checkup.Ok(FindingId.GlobalAuthFile, $"{path} is not there: the node has no credentials of its own");
            return;
        }

        var warnings = new Warnings { MaxShown = MaxTables };
        List<string> opened = [], hidden = [];
        foreach (var table in checkup.Registries?.Redirecting() ?? [])
        {
            if (opened.Count + hidden.Count >= MaxTables || ImageOf(table.Prefix) is not { } image
                || PullSources.Find(RegistriesChecks.FilesOf(checkup), image, out var sources) is not null)
            {
                continue;
            }

            Look(checkup, path, sources, warnings, opened, hidden);
        }

        ReportFile(checkup, path, warnings);
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
                $"{path}: a deeper or differently spelled key keeps CRI-O from the credential that fits",
                "mend or remove the key that masks it; pulls with a file of the provider are not concerned",
                hidden);
        }
        else
        {
            checkup.Ok(FindingId.GlobalAuthMasks, $"no key of {path} masks another for a mirror");
        }
    }

    private static void Look(Checkup checkup, string path, PullSources sources, Warnings warnings, List<string> opened, List<string> hidden)
    {
        using var endpoints = PullEndpoints.Take(sources.Endpoints, new Warnings());
        _ = GlobalAuthFile.Read(checkup.Files.Locate(path), endpoints.All, warnings);
        foreach (var endpoint in endpoints.All)
        {
            if (!endpoint.IsFound)
            {
                continue;
            }

            var key = Encoding.UTF8.GetString(endpoint.Key.Span);
            var authority = Encoding.UTF8.GetString(endpoint.Repository.Authority);
            Add(opened, IsMirror(sources, endpoint) ? $"key {key}, for {authority}" : "");
            Add(hidden, endpoint.IsFoundByCrio ? "" : $"key {key}, for {authority}");
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

    private static void ReportFile(Checkup checkup, string path, Warnings warnings)
    {
        List<string> wrong = [];
        foreach (var warning in warnings.Shown)
        {
            Add(wrong, checkup.AsOnNode(warning));
        }

        if (wrong.Count > 0)
        {
            checkup.Warn(FindingId.GlobalAuthFile, $"{path} has entries that cannot be used", "mend or remove them", wrong);
        }
        else if (Libc.StatusOfTarget(FileBytes.NulTerminated(checkup.Files.Locate(path)), out var status) == 0 && (status.Mode & 0x24) != 0) // 0044
        {
            checkup.Warn(FindingId.GlobalAuthFile,
                $"{path} can be read by others than root (mode {Convert.ToString(status.Mode & 0xFFF, 8)})",
                $"chmod 0600 {path}");
        }
        else
        {
            checkup.Ok(FindingId.GlobalAuthFile, $"{path} is there");
        }
    }

    /// <summary>Some image of the prefix; null for a wildcard, of which nothing can be said.</summary>
    private static byte[]? ImageOf(string prefix) =>
        prefix.StartsWith("*.", StringComparison.Ordinal) ? null : Encoding.UTF8.GetBytes(prefix.Contains('/') ? prefix : $"{prefix}/some/image");
}
