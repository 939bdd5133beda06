using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Writes the smallest image there is: an OCI layout of one empty layer (OCI image-spec, image-layout.md).</summary>
internal static class OciImage
{
    /// <summary>Writes the layout into the new directory and returns skopeo's name for it.</summary>
    public static string Write(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        var layer = Blob(directory, new byte[1024]); // two zero blocks end a tar: one of no entries
        var config = Blob(directory, Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{layer.Digest}}}"]}}"""));
        var manifest = Blob(directory, Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config.Digest}}","size":{{config.Size}}},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{layer.Digest}}","size":{{layer.Size}}}]}
            """));
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(directory, "index.json"), $$$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{manifest.Digest}}}",
            "size":{{{manifest.Size}}},"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}
            """);
        return $"oci:{directory}:v1";
    }

    private static (string Digest, string Size) Blob(string directory, byte[] content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes(Path.Combine(directory, "blobs", "sha256", hash), content);
        return ("sha256:" + hash, content.Length.ToString(CultureInfo.InvariantCulture));
    }
}
