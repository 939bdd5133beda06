using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;

namespace FastProvider.Commands.Generate;

/// <summary>
/// Who may read the Secrets that a platform shares: a Role for each Secret in the platform's namespace, and a RoleBinding for
/// each namespace of workloads, so that one more is one more document and takes nothing from the others.
/// </summary>
internal static class SharedRbacDocument
{
    public static Result<string> Write(GenerateOptions options)
    {
        var text = new StringBuilder();
        foreach (var secret in options.SharedSecrets)
        {
            Append(text, OfSecret(secret).Fill(Role));
            foreach (var ns in options.AllNamespaces ? [""] : options.Namespace!.Split(','))
            {
                Append(text, Binding(secret, ns, options));
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string document) =>
        text.Append(text.Length == 0 ? "" : "---\n").Append(document);

    private static Template OfSecret(in SecretReference secret) => new Template()
        .Set("platform", Quoted.Yaml(secret.Namespace))
        .Set("secret", Quoted.Always(secret.Name))
        .Set("role", Quoted.Yaml(RoleName(secret)));

    private static string Binding(in SecretReference secret, string ns, GenerateOptions options)
    {
        var account = options.ServiceAccount;
        var template = OfSecret(secret)
            .Set("namespace", Quoted.Yaml(ns))
            .Set("account", Quoted.Yaml(account))
            .Set("group", Quoted.Yaml(ns.Length == 0 ? "system:serviceaccounts" : $"system:serviceaccounts:{ns}"));
        // As RBAC names subjects: no two of these are the same, whatever namespaces and ServiceAccounts are called.
        var who = ns.Length == 0 ? "system:serviceaccounts"
            : options.HasServiceAccount ? $"system:serviceaccount:{ns}:{account}"
            : $"system:serviceaccounts:{ns}";
        return template.Set("binding", Quoted.Yaml($"{RoleName(secret)}:{who}"))
            .Set("subject", template.Fill(
                options.HasServiceAccount ? OneAccount : ns.Length == 0 ? AllAccounts : GroupOfNamespace))
            .Fill(RoleBinding);
    }

    private static string RoleName(in SecretReference secret) => $"shared-secret:{secret.Name}";

    private static ReadOnlySpan<byte> Role => """
        # A Secret of the platform that others may use in their pulls (--shared-secrets). Who may get it may read it.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: $(role)
          namespace: $(platform)
        rules:
          - apiGroups: [""]
            resources: ["secrets"]
            resourceNames: [$(secret)]
            verbs: ["get"]

        """u8;

    private static ReadOnlySpan<byte> RoleBinding => """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: $(binding)
          namespace: $(platform)
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: $(role)
        subjects:
        $(subject)
        """u8;

    private static ReadOnlySpan<byte> OneAccount => """
          - kind: ServiceAccount
            name: $(account)
            namespace: $(namespace)

        """u8;

    private static ReadOnlySpan<byte> GroupOfNamespace => """
          # Every ServiceAccount of the namespace is in this group.
          - apiGroup: rbac.authorization.k8s.io
            kind: Group
            name: $(group)

        """u8;

    private static ReadOnlySpan<byte> AllAccounts => """
          # Every ServiceAccount of the cluster is in this group.
          - apiGroup: rbac.authorization.k8s.io
            kind: Group
            name: $(group)

        """u8;
}
