using System.Text;
using FastProvider.CommandLine;

namespace FastProvider.Commands.Generate;

/// <summary>Who may read what: for the nodes of the cluster, or for the workloads of one namespace by the way in which their Secrets are read.</summary>
internal static class RbacDocument
{
    public static Failure? Write(Rollout rollout, out string text)
    {
        text = rollout.Namespace is null ? Nodes(rollout) : (rollout.Pull.Secrets switch
        {
            SecretsWay.Annotation => NamedSecrets(rollout),
            SecretsWay.Pod => ImagePullSecrets(rollout),
            SecretsWay.Auto => NamedSecrets(rollout) + "---\n" + AllSecrets(rollout),
            _ => AllSecrets(rollout),
        });
        return null;
    }

    private static string Nodes(Rollout rollout) => $"""
        # Once for the cluster, whatever the way to the Secrets: lets the kubelets ask for tokens of the audience in the provider's
        # configuration. Without it they never run the plugin, and only their own log says why. Apply it before that configuration.
        # Platform: {(rollout.IsOpenShift ? "openshift" : "kubernetes")}, {rollout.PlatformReason}.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: mirror-credentials-audience
        rules:
          - apiGroups: [""]
            # The audience, the same as serviceAccountTokenAudience there. It must be one of the API server's own.
            resources: [{Quoted.Always(rollout.Audience)}]
            verbs: ["request-serviceaccounts-token-audience"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata:
          name: mirror-credentials-audience
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: mirror-credentials-audience
        subjects:
          # Every kubelet is in this group.
          - apiGroup: rbac.authorization.k8s.io
            kind: Group
            name: system:nodes

        """;

    private static string AllSecrets(Rollout rollout) => $"""
        # --secrets namespace: every workload of the namespace may list its Secrets. RBAC knows no types, so that is all of them.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: registry-secrets
          namespace: {Quoted.Yaml(rollout.Namespace!)}
        rules:
          - apiGroups: [""]
            resources: ["secrets"]
            verbs: ["list"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: registry-secrets
          namespace: {Quoted.Yaml(rollout.Namespace!)}
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: registry-secrets
        subjects:
          # Every ServiceAccount of the namespace is in this group.
          - apiGroup: rbac.authorization.k8s.io
            kind: Group
            name: {Quoted.Yaml("system:serviceaccounts:" + rollout.Namespace)}

        """;

    private static string NamedSecrets(Rollout rollout) => $"""
        # --secrets annotation: the ServiceAccount names its Secrets and may get those alone. Of equal matches the first named wins.
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: {Quoted.Yaml(rollout.ServiceAccount)}
          namespace: {Quoted.Yaml(rollout.Namespace!)}
          annotations:
            {Quoted.Yaml(rollout.Pull.SecretsAnnotation)}: {Quoted.Yaml(string.Join(',', rollout.Secrets))}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: {Quoted.Yaml("registry-secrets-" + rollout.ServiceAccount)}
          namespace: {Quoted.Yaml(rollout.Namespace!)}
        rules:
          - apiGroups: [""]
            resources: ["secrets"]
            # In step with the annotation.
            resourceNames: [{List(rollout.Secrets)}]
            verbs: ["get"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: {Quoted.Yaml("registry-secrets-" + rollout.ServiceAccount)}
          namespace: {Quoted.Yaml(rollout.Namespace!)}
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: {Quoted.Yaml("registry-secrets-" + rollout.ServiceAccount)}
        subjects:
          - kind: ServiceAccount
            name: {Quoted.Yaml(rollout.ServiceAccount)}
            namespace: {Quoted.Yaml(rollout.Namespace!)}

        """;

    private static string ImagePullSecrets(Rollout rollout)
    {
        var text = new StringBuilder($"""
            # --secrets pod: the workload needs no Role. Its pods name their Secrets, or its ServiceAccount does for all pods that are made
            # from then on; the node may read what its own pods name.
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: {Quoted.Yaml(rollout.ServiceAccount)}
              namespace: {Quoted.Yaml(rollout.Namespace!)}
            imagePullSecrets:

            """);
        foreach (var secret in rollout.Secrets)
        {
            text.Append($"  - name: {Quoted.Yaml(secret)}\n");
        }

        return text.ToString();
    }

    private static string List(string[] names)
    {
        var text = new StringBuilder();
        foreach (var name in names)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append(Quoted.Always(name));
        }

        return text.ToString();
    }
}
