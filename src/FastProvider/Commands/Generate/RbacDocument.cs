using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Settings;

namespace FastProvider.Commands.Generate;

/// <summary>
/// Who may read what: for the nodes of the cluster, or for the workloads of one namespace by the way in which their Secrets are
/// read.
/// </summary>
internal static class RbacDocument
{
    public static Result<string> Write(GenerateOptions options)
    {
        var template = new Template()
            .Set("platform", options.Platform)
            .Set("audience", Quoted.Always(options.Audience))
            .Set("namespace", Quoted.Yaml(options.Namespace ?? ""))
            .Set("group", Quoted.Yaml("system:serviceaccounts:" + options.Namespace))
            .Set("account", Quoted.Yaml(options.ServiceAccount))
            .Set("role", Quoted.Yaml("registry-secrets-" + options.ServiceAccount))
            .Set("annotation", Quoted.Yaml(options.Pull.SecretsAnnotation))
            .Set("names", Quoted.Yaml(string.Join(',', options.Secrets)))
            .Set("list", List(options.Secrets, "", ", "))
            .Set("references", List(options.Secrets, "  - name: ", "\n"));
        return options.Namespace is null ? template.Fill(Nodes) : options.Pull.Secrets switch
        {
            SecretsMode.Annotation => template.Fill(NamedSecrets),
            SecretsMode.Pod => template.Fill(ImagePullSecrets),
            SecretsMode.Auto => template.Fill(NamedSecrets) + "---\n" + template.Fill(AllSecrets),
            _ => template.Fill(AllSecrets),
        };
    }

    private static ReadOnlySpan<byte> Nodes => """
        # Once for the cluster, whatever the way to the Secrets: lets the kubelets ask for tokens of the audience in the provider's
        # configuration. Without it they never run the plugin, and only their own log says why. Apply it before that configuration.
        # Platform: $(platform).
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: mirror-credentials-audience
        rules:
          - apiGroups: [""]
            # The audience, the same as serviceAccountTokenAudience there. It must be one of the API server's own.
            resources: [$(audience)]
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

        """u8;

    private static ReadOnlySpan<byte> AllSecrets => """
        # --secrets namespace: every workload of the namespace may list its Secrets. RBAC knows no types, so that is all of them.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: registry-secrets
          namespace: $(namespace)
        rules:
          - apiGroups: [""]
            resources: ["secrets"]
            verbs: ["list"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: registry-secrets
          namespace: $(namespace)
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: registry-secrets
        subjects:
          # Every ServiceAccount of the namespace is in this group.
          - apiGroup: rbac.authorization.k8s.io
            kind: Group
            name: $(group)

        """u8;

    private static ReadOnlySpan<byte> NamedSecrets => """
        # --secrets annotation: the ServiceAccount names its Secrets and may get those alone. Of equal matches the first named wins.
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: $(account)
          namespace: $(namespace)
          annotations:
            $(annotation): $(names)
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: $(role)
          namespace: $(namespace)
        rules:
          - apiGroups: [""]
            resources: ["secrets"]
            # In step with the annotation.
            resourceNames: [$(list)]
            verbs: ["get"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: $(role)
          namespace: $(namespace)
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: $(role)
        subjects:
          - kind: ServiceAccount
            name: $(account)
            namespace: $(namespace)

        """u8;

    private static ReadOnlySpan<byte> ImagePullSecrets => """
        # --secrets pod: the workload needs no Role. Its pods name their Secrets, or its ServiceAccount does for all pods that are made
        # from then on; the node may read what its own pods name.
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: $(account)
          namespace: $(namespace)
        imagePullSecrets:
        $(references)

        """u8;

    private static string List(string[] names, string before, string between)
    {
        var text = new StringBuilder();
        foreach (var name in names)
        {
            text.Append(text.Length == 0 ? "" : between)
                .Append(before).Append(before.Length == 0 ? Quoted.Always(name) : Quoted.Yaml(name));
        }

        return text.ToString();
    }
}
