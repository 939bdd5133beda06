using System.Text;
using System.Text.Encodings.Web;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// The line that a kubelet writes to a plugin's stdin (recorded in tests/data/recordings/kubelet/request.json).
/// </summary>
internal sealed record KubeletRequest(string Image, string? Token)
{
    public string Kind { get; init; } = "CredentialProviderRequest";

    public string ApiVersion { get; init; } = "credentialprovider.kubelet.k8s.io/v1";

    /// <summary>Absent from the line when empty, as with a kubelet.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Compact JSON of one line, ended by a newline.</summary>
    public byte[] ToBytes()
    {
        var line = $$"""{"kind":{{Quote(Kind)}},"apiVersion":{{Quote(ApiVersion)}},"image":{{Quote(Image)}}""";
        line += Token is null ? "" : $",\"serviceAccountToken\":{Quote(Token)}";
        line += Annotations.Count == 0
            ? ""
            : ",\"serviceAccountAnnotations\":{" + string.Join(',', Annotations.Select(a => $"{Quote(a.Key)}:{Quote(a.Value)}"))
            + "}";
        return Encoding.UTF8.GetBytes(line + "}\n");
    }

    private static string Quote(string text) => "\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text) + "\"";
}
