using System.Collections.Generic;
using System.Text;
using FastProvider.Documents;
using FastProvider.Node;

namespace FastProvider.Kubelet;

/// <summary>
/// The kubelet's records of how images came to the node (<c>ImagePulledRecord</c> of kubelet.config.k8s.io, one file for an
/// image, since Kubernetes 1.35 by default).
/// </summary>
internal static class PulledImages
{
    private const int LimitBytes = 1024 * 1024, MaxRecords = 10_000;

    /// <summary>Where the kubelet keeps them.</summary>
    public static string Directory(string kubeletRoot) => $"{kubeletRoot}/image_manager/pulled";

    /// <summary>
    /// The images that every pod of the node may use, by the names that pods gave them, without tag and digest; each once.
    /// </summary>
    /// <param name="files">The node.</param>
    /// <param name="kubeletRoot">Of <c>--root-dir</c>.</param>
    /// <param name="isCut">There are more records than are read.</param>
    public static List<string> OpenToNode(NodeFiles files, string kubeletRoot, out bool isCut)
    {
        HashSet<string> open = [];
        var records = 0;
        isCut = false;
        foreach (var name in files.Names(Directory(kubeletRoot)))
        {
            var path = $"{Directory(kubeletRoot)}/{name}";
            isCut = records == MaxRecords;
            if (isCut)
            {
                break;
            }

            if (files.Read(path, LimitBytes, out var content) is not null
                || DocumentReader.ReadOne(content, path).Value is not { } record)
            {
                continue;
            }

            records++;
            foreach (var image in record.Find("credentialMapping"u8)?.Children ?? [])
            {
                var opened = Encoding.UTF8.GetString(image.Key.Span);
                if (image.Find("nodePodsAccessible"u8)?.AsTruth is true)
                {
                    _ = open.Add(opened);
                }
            }
        }

        List<string> sorted = [.. open];
        sorted.Sort(string.CompareOrdinal);
        return sorted;
    }
}
