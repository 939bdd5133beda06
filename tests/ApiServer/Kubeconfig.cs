using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>Writes the kubelet's kubeconfig as the usual installers leave it on a node.</summary>
public static class Kubeconfig
{
    /// <summary>
    /// kubeadm's <c>/etc/kubernetes/kubelet.conf</c>: the CA inline, the client certificate in a file that rotates.
    /// </summary>
    /// <returns>The path of the kubeconfig, in <paramref name="directory"/>.</returns>
    public static string WriteKubeadm(string directory, string apiServer, string authorityPem, X509Certificate2 node)
    {
        var authority = Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem));
        var client = WriteClient(directory, node);
        return Write(directory, "kubelet.conf", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {authority}
                server: {apiServer}
              name: kubernetes
            contexts:
            - context:
                cluster: kubernetes
                user: system:node:node1
              name: system:node:node1@kubernetes
            current-context: system:node:node1@kubernetes
            kind: Config
            users:
            - name: system:node:node1
              user:
                client-certificate: {client}
                client-key: {client}

            """);
    }

    /// <summary>OpenShift's <c>/var/lib/kubelet/kubeconfig</c>: the CA in a file beside it.</summary>
    /// <returns>The path of the kubeconfig, in <paramref name="directory"/>.</returns>
    public static string WriteOpenShift(string directory, string apiServer, string authorityPem, X509Certificate2 node)
    {
        var authority = Path.Combine(directory, "ca.crt");
        File.WriteAllText(authority, authorityPem);
        var client = WriteClient(directory, node);
        return Write(directory, "kubeconfig", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: {authority}
                server: {apiServer}
              name: local
            contexts:
            - context:
                cluster: local
                user: kubelet
              name: kubelet
            current-context: kubelet
            kind: Config
            preferences: {"{}"}
            users:
            - name: kubelet
              user:
                client-certificate: {client}
                client-key: {client}

            """);
    }

    private static string WriteClient(string directory, X509Certificate2 node) =>
        Write(directory, "kubelet-client-current.pem",
            node.ExportCertificatePem() + "\n" + node.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");

    private static string Write(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
