using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Pulls;

namespace FastProvider.Commands.Generate;

/// <summary>
/// The kubelet's configuration of the provider; on OpenShift the object that the machine config operator makes it of.
/// </summary>
internal static class KubeletConfigDocument
{
    public static Result<string> Write(GenerateOptions options, Func<string, string?> variable)
    {
        var files = Pull.RegistriesFiles(options.Pull, variable) with { Root = options.Root };
        var read = RegistriesInventory.Read(files);
        if (!read.IsOk)
        {
            return read.Failure;
        }

        if (options.IsOpenShift && OpenShiftSettings.Check(options) is { } wrong)
        {
            return wrong;
        }

        var inventory = read.Value;
        var images = MatchImages.Of(inventory);
        if (images.Entries.Count == 0)
        {
            return new Failure(inventory.Tables.Count == 0
                ? "registries.conf and its drop-ins have no [[registry]] table,"
                    + " so no image has a mirror and the kubelet never needs the provider: configure"
                    + " mirrors first, or say with --registries-conf where they are"
                : $"none of the {inventory.Tables.Count} [[registry]] tables of registries.conf and its drop-ins"
                    + " makes an entry of matchImages:"
                    + (images.LeftOut.Count > 0
                        ? $" {images.LeftOut[0].Prefix}: {images.LeftOut[0].Why}"
                        : " they have neither mirrors nor a location that differs from the prefix"));
        }

        return options.IsOpenShift ? OpenShift(options, images) : Kubernetes(options, images);
    }

    private static string Kubernetes(GenerateOptions options, MatchImages images)
    {
        var template = new Template()
            .Set("platform", options.Platform)
            .Set("directory", options.BinDirectory)
            .Set("name", Quoted.Yaml(options.Name))
            .Set("audience", Quoted.Yaml(options.Audience))
            .Set("annotation", Quoted.Yaml(options.Pull.SecretsAnnotation));
        var text = new StringBuilder(template.Fill(Head));
        foreach (var flag in options.LocalSettings)
        {
            text.Append($"# --{flag.Name} is not among the args: a relative path means nothing to a kubelet.\n");
        }

        text.Append(template.Fill(Provider));
        AppendImages(text, images, "    ");
        text.Append(template.Fill(NeverCached));
        AppendArguments(text, options);
        text.Append(template.Fill(TokenAttributes));
        if (options.UsesAnnotation)
        {
            text.Append(template.Fill(Annotations));
        }

        return text.ToString();
    }

    /// <summary>
    /// CRIOCredentialProviderConfig of openshift/api (config/v1), from which the operator makes the provider's entry.
    /// </summary>
    private static Result<string> OpenShift(GenerateOptions options, MatchImages images)
    {
        const int most = 50; // as its schema says
        if (images.Entries.Count > most)
        {
            return new Failure($"OpenShift takes {most} entries of matchImages at most,"
                + $" and the registries.conf of this node makes {images.Entries.Count}:"
                + " mirror whole registries instead of single repositories");
        }

        var document = new StringBuilder(new Template().Set("platform", options.Platform)
            .Set("audience", OneLine(options.Audience)).Fill(OpenShiftHead));
        AppendImages(document, images, "  ");
        return document.ToString();
    }

    private static void AppendImages(StringBuilder text, MatchImages images, string indent)
    {
        text.Append($"{indent}# The sources that have mirrors, or another location,"
            + $" in the registries.conf that this was made from; never the mirrors themselves.\n");
        if (images.HasWildcard)
        {
            text.Append($"{indent}# There *.HOST stands for any number of labels;"
                + $" here an asterisk is one label, so it is spelled out for up to {MatchImages.WildcardLabels}.\n");
        }

        if (images.HasBareHost)
        {
            text.Append($"{indent}# An entry without port is for images without port. For others of the host add HOST:PORT.\n");
        }

        foreach (var (prefix, why) in images.LeftOut)
        {
            text.Append($"{indent}# Left out: {Quoted.Yaml(prefix)}: {OneLine(why)}.\n");
        }

        text.Append($"{indent}matchImages:\n");
        foreach (var entry in images.Entries)
        {
            text.Append($"{indent}  - {Quoted.Yaml(entry)}\n");
        }
    }

    private static void AppendArguments(StringBuilder text, GenerateOptions options)
    {
        if (options.PullSettings.Count == 0)
        {
            return;
        }

        text.Append("    # fast-provider --help says what each is for.\n    args:\n");
        foreach (var (flag, value) in options.PullSettings)
        {
            var argument = flag.Shape.IsSwitch && value == "true" ? $"--{flag.Name}" : $"--{flag.Name}={value}";
            text.Append($"      - {Quoted.Always(argument)}\n");
        }
    }

    /// <summary>Without what would end the comment that it stands in.</summary>
    private static string OneLine(string text) => Encoding.UTF8.GetString(new SafeText().Append(text).Bytes);

    private static ReadOnlySpan<byte> Head => """
        # The kubelet's configuration of image credential providers. Platform: $(platform).
        #
        # The kubelet needs two flags: in KUBELET_EXTRA_ARGS of /etc/default/kubelet (Debian) or /etc/sysconfig/kubelet (RPM) on nodes of
        # kubeadm, or in a drop-in of its unit. If it has them already, add the provider to that file (or this file to that directory), and
        # the binary to that directory.
        #   --image-credential-provider-config=/etc/kubernetes/fast-provider.yaml
        #   --image-credential-provider-bin-dir=$(directory)
        #
        # First: fast-provider generate rbac, or the kubelet never runs the plugin. Then the binary. Then this, and after each change of
        # it a restart of the kubelet; a new binary needs none.

        """u8;

    private static ReadOnlySpan<byte> Provider => """
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
          # The name of the binary in --image-credential-provider-bin-dir.
          - name: $(name)
            apiVersion: credentialprovider.kubelet.k8s.io/v1

        """u8;

    private static ReadOnlySpan<byte> NeverCached => """
            # Never cached: each pull needs an auth file of its own.
            defaultCacheDuration: "0s"

        """u8;

    private static ReadOnlySpan<byte> TokenAttributes => """
            tokenAttributes:
              # One of the API server's own audiences (the kubelet's RBAC names it, too); any other is a 401.
              serviceAccountTokenAudience: $(audience)
              # By token, so by pod: which pod pulls is what the plugin reads from it.
              cacheType: Token
              # Static pods have no ServiceAccount; they are answered, too.
              requireServiceAccount: false

        """u8;

    private static ReadOnlySpan<byte> Annotations => """
              # The kubelet passes along only the annotations of the ServiceAccount that are listed here.
              optionalServiceAccountAnnotationKeys:
                - $(annotation)

        """u8;

    private static ReadOnlySpan<byte> OpenShiftHead => """
        # On OpenShift the machine config operator writes the kubelet's configuration of the provider, without args and env, and reboots
        # or restarts what it must; this object says for which images. Platform: $(platform).
        # While it was a technology preview its apiVersion was config.openshift.io/v1alpha1: oc api-resources | grep criocredential
        #
        # To check on a node afterwards: /etc/kubernetes/credential-providers has an entry crio-credential-provider with these matchImages,
        # cacheType Token and the audience $(audience), and oc auth can-i request-serviceaccounts-token-audience
        # --as-group=system:nodes --as=system:node:NAME for that audience says yes (fast-provider generate rbac otherwise).
        #
        # fast-provider takes the place of that provider by fast-provider generate daemonset and machineconfig, which also carries settings.
        apiVersion: config.openshift.io/v1
        kind: CRIOCredentialProviderConfig
        metadata:
          name: cluster
        spec:

        """u8;
}
