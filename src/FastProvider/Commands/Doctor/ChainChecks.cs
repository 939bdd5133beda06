using System;
using System.Collections.Generic;
using FastProvider.Kubelet;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// What <c>--chain</c> comes to on this node: which mirrors the kubelet's other credential providers would be asked for, and what
/// in their entries keeps them from it.
/// </summary>
internal static class ChainChecks
{
    private const int MaxItems = 50;

    /// <param name="run">The look at the node, after the entry and registries.conf.</param>
    /// <param name="binDirectory">Where doctor was told that the programs are; null for where the kubelet has them.</param>
    public static void Run(DoctorRun run, string? binDirectory)
    {
        if (!run.Pull.Chains || run.Registries is not { } registries)
        {
            return;
        }

        var config = run.Providers;
        if (run.Pull.ChainConfig is { } path && ProviderConfig.Read(run.Files, path, out config) is { } unread)
        {
            run.Warn(FindingId.Chain, $"--chain: {unread.Message}", "mend it: no other credential provider is asked until then");
            return;
        }

        if (config is null)
        {
            return; // said of the provider's entry already
        }

        var directory = (run.Pull.ChainBinDir ?? binDirectory ?? run.Kubelet?.BinDirectory ?? "").TrimEnd('/');
        List<string> served = [], kept = [];
        foreach (var entry in config.Entries)
        {
            if (entry == run.Entry || entry.IsNamedAsOurs)
            {
                continue;
            }

            var mirrors = MirrorsOf(entry, registries);
            if (mirrors.Count == 0)
            {
                kept.Add($"{entry.Name}: its matchImages cover no mirror of registries.conf");
            }
            else if (!run.Files.Exists($"{directory}/{entry.Name}"))
            {
                kept.Add($"{entry.Name}: its program is not there");
            }
            else if (ProviderConfig.IsOurs(run.Files, $"{directory}/{entry.Name}"))
            {
                kept.Add($"{entry.Name}: its program is a fast-provider");
            }
            else if (entry.RequiresServiceAccount is true)
            {
                kept.Add($"{entry.Name}: it requires a ServiceAccount, and the pod's token is for the API server alone");
            }
            else
            {
                served.Add($"{entry.Name}: {string.Join(", ", mirrors)}");
            }
        }

        if (served.Count > 0)
        {
            run.Note(FindingId.Chain,
                (run.Pull.LimitsChain ? "pods of the namespaces of --chain-namespaces" : "every pod of the node")
                    + " may pull from these mirrors as the node does, by the kubelet's other credential providers",
                run.Pull.LimitsChain ? null : "--chain-namespaces names the namespaces that may", [.. served, .. kept]);
        }
        else
        {
            run.Warn(FindingId.Chain, "--chain is set, and no other credential provider of the kubelet can serve a mirror",
                "add the mirrors to matchImages of the provider that knows their credentials, or leave --chain out", kept);
        }
    }

    private static List<string> MirrorsOf(ProviderEntry entry, Mirrors.RegistriesInventory registries)
    {
        List<string> mirrors = [];
        foreach (var table in registries.Tables)
        {
            foreach (var mirror in table.Redirects ? (string[])[.. table.Mirrors, table.Location] : [])
            {
                if (mirror.Length == 0 || mirror == table.Prefix)
                {
                    continue; // for the image itself the kubelet asks
                }

                var location = new ImagePattern(mirror);
                if (mirrors.Count < MaxItems && !mirrors.Contains(mirror)
                    && Array.Exists(entry.MatchImages, text => new ImagePattern(text) is var pattern
                        && (pattern.Covers(location) || pattern.Meets(location))))
                {
                    mirrors.Add(mirror);
                }
            }
        }

        return mirrors;
    }
}
