namespace FastProvider.Tests.Node;

/// <summary>Kubeconfigs in the hand of each distribution; certificates are obviously fake.</summary>
internal static class SampleKubeconfigs
{
    public static string Kubeadm(string server = "https://10.0.0.10:6443") => $"""
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: {NodeTree.PemData}
            server: {server}
          name: default-cluster
        contexts:
        - context:
            cluster: default-cluster
            namespace: default
            user: default-auth
          name: default-context
        current-context: default-context
        kind: Config
        preferences: {"{}"}
        users:
        - name: default-auth
          user:
            client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
            client-key: /var/lib/kubelet/pki/kubelet-client-current.pem

        """;

    public static string OpenShift => $"""
        apiVersion: v1
        clusters:
          - cluster:
              certificate-authority-data: {NodeTree.PemData}
              server: "https://api-int.ocp.example.com:6443"
            name: default-cluster
        contexts:
          - context:
              cluster: default-cluster
              user: default-auth
            name: default-context
        current-context: default-context
        kind: Config
        users:
          - name: default-auth
            user:
              client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
              client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
        """;

    public static string MicroShift => $"""
        # written by the node
        ---
        apiVersion: v1
        kind: Config
        current-context: microshift
        preferences:
        clusters:
        - name: microshift
          cluster:
            server: https://microshift.example.com:6443   # the node itself
            certificate-authority-data: {NodeTree.PemData}
        contexts:
        - name: microshift
          context: 
            cluster: microshift
            user: user
        users:
        - name: user
          user:
            client-certificate-data: {Convert.ToBase64String("FAKE CERTIFICATE"u8)}
            client-key-data: {Convert.ToBase64String("FAKE KEY"u8)}
        """;

    public static string K3s => """
        apiVersion: v1
        clusters:
        - cluster:
            server: https://127.0.0.1:6444
            certificate-authority: /var/lib/rancher/k3s/agent/server-ca.crt
          name: local
        contexts:
        - context:
            cluster: local
            namespace: default
            user: user
          name: Default
        current-context: Default
        kind: Config
        preferences: {}
        users:
        - name: user
          user:
            client-certificate: /var/lib/rancher/k3s/agent/client-kubelet.crt
            client-key: /var/lib/rancher/k3s/agent/client-kubelet.key
        """;

    public static string Json => $$$"""
        {
          "apiVersion": "v1", "kind": "Config", "current-context": "b",
          "clusters": [
            {"name": "x", "cluster": {"server": "https://wrong.example.com"}},
            {"name": "y", "cluster": {"server": "https:\/\/right.example.com", "certificate-authority-data": "{{{NodeTree.PemData}}}",
              "tls-server-name": "kubernetes", "insecure-skip-tls-verify": false, "extensions": [{"name": "e", "extension": {"n": 1.5}}]}}
          ],
          "contexts": [{"name": "a", "context": {"cluster": "x", "user": "u"}}, {"name": "b", "context": {"cluster": "y", "user": "u"}}],
          "users": [{"name": "u", "user": {"token": "ignored", "client-certificate": "c.pem", "client-key": null}}]
        }
        """;
}
