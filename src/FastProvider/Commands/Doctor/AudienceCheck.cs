using System;
using System.Collections.Generic;
using FastProvider.Documents;
using FastProvider.Node;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// Whether the tokens that the kubelet hands over are for the API server. It takes its own audiences alone, and answers any other
/// with a bare 401. On a node of the control plane its command line says which they are; elsewhere there are only customs.
/// </summary>
internal static class AudienceCheck
{
    private const string ServerManifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    private const int LimitBytes = 4 * 1024 * 1024;
    private const string OpenShift = "https://kubernetes.default.svc",
        Kubernetes = "https://kubernetes.default.svc.cluster.local";

    public static void Run(DoctorRun run)
    {
        if (run.Entry is not { Audience.Length: > 0 } entry)
        {
            return;
        }

        if (OfServer(run) is { Count: > 0 } audiences)
        {
            if (audiences.Contains(entry.Audience))
            {
                run.Ok(FindingId.Audience, $"{entry.Audience} is an audience of the API server of this node");
            }
            else
            {
                run.Problem(FindingId.Audience,
                    $"{entry.Place}: {entry.Audience} is none of the API server's audiences, so it answers every token with 401",
                    $"set serviceAccountTokenAudience to {audiences[0]}, and generate rbac anew for it");
            }

            return;
        }

        var isMicroShift = run.Files.Exists(KubeconfigPlaces.MicroShift);
        var usual = run.IsOpenShift || isMicroShift ? OpenShift : Kubernetes;
        if (entry.Audience == usual)
        {
            run.Ok(FindingId.Audience, $"{entry.Audience} is what such clusters have");
        }
        else
        {
            run.Unknown(FindingId.Audience,
                $"{entry.Place}: the audience is {entry.Audience}; most such clusters have {usual}",
                $"ask: kubectl create token default --audience {entry.Audience} | fast-provider explain IMAGE --token-file -");
        }
    }

    private static List<string> OfServer(DoctorRun run)
    {
        List<string> audiences = [];
        if (run.Files.Read(ServerManifest, LimitBytes, out var content) is not null
            || DocumentReader.ReadOne(content, ServerManifest).Value is not { } manifest)
        {
            return audiences;
        }

        foreach (var container in manifest.Find("spec"u8)?.ItemsOf("containers"u8) ?? [])
        {
            // Without --api-audiences the issuers are the audiences.
            string[] command = ["", .. Texts(container, "command"u8), .. Texts(container, "args"u8)];
            foreach (var list in GoFlags.All(command, "--api-audiences"))
            {
                audiences.AddRange(list.Split(','));
            }

            if (audiences.Count == 0)
            {
                audiences.AddRange(GoFlags.All(command, "--service-account-issuer"));
            }
        }

        return audiences;
    }

    private static List<string> Texts(DocumentNode node, ReadOnlySpan<byte> key) =>
        node.ItemsOf(key).ConvertAll(static item => item.AsText ?? "");
}
