using System.Text;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Tests.Node;

/// <summary>A folder that stands for a node's <c>/</c>, gone at the end of the test.</summary>
internal sealed class NodeTree : IDisposable
{
    public const int ParentId = 4242;

    public const string Pem = "-----BEGIN CERTIFICATE-----\nRkFLRS1DRVJUSUZJQ0FURQ==\n-----END CERTIFICATE-----\n";

    public static string PemData => Convert.ToBase64String(Encoding.UTF8.GetBytes(Pem));

    public string Root { get; } = Directory.CreateTempSubdirectory("fast-provider-node-").FullName;

    public NodeTree With(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        File.WriteAllText(Root + path, content);
        return this;
    }

    public NodeTree WithParent(string comm, params string[] commandLine) =>
        With($"/proc/{ParentId}/cmdline", string.Join('\0', commandLine) + "\0").With($"/proc/{ParentId}/comm", comm + "\n");

    public Result<ApiServerTarget> Find(string? apiServer = null, string? authority = null, string? kubeconfig = null) =>
        new ApiServerDiscovery
        {
            ApiServerFlag = apiServer,
            CertificateAuthorityFlag = authority,
            KubeconfigFlag = kubeconfig,
            Root = Root,
            Kubelet = KubeletHint.Parent(ParentId),
        }.Find();

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
