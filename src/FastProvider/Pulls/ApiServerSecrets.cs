using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Pulls;

/// <summary>The Secrets of the cluster, in the mode that is set.</summary>
internal sealed class ApiServerSecrets : ISecretSource
{
    public SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times)
    {
        var mode = wanted.Options.Secrets.For(wanted.Request.HasAnnotation);
        var names = mode is SecretsMode.Annotation ? new SecretNames() : null;
        var named = names is null ? default : ReadAnnotation(wanted, names);
        if (named.Failure is not null || names is { All.Count: 0 })
        {
            return named;
        }

        var notFound = Find(wanted, out var server, out var proxy);
        times.End(PullPhase.Node);
        if (notFound is not null)
        {
            return new SecretsRead { Mode = mode, Failure = notFound };
        }

        var read = mode is SecretsMode.Namespace ? List(wanted, server!, proxy)
            : names is not null ? Get(wanted, server!, proxy, names)
            : GetOfPod(wanted, server!, proxy);
        times.End(PullPhase.Secrets);
        return read;
    }

    private static Failure? Find(in SecretsWanted wanted, out ApiServerTarget? server, out ProxyServer? proxy)
    {
        var discovery = new ApiServerDiscovery
        {
            ApiServerFlag = wanted.Options.ApiServer,
            CertificateAuthorityFlag = wanted.Options.CertificateAuthority,
            KubeconfigFlag = wanted.Options.Kubeconfig,
            Kubelet = wanted.Options.Kubelet,
        };
        proxy = null;
        return discovery.Find(out server) ?? ProxySelection.Select(server!, wanted.Variable, out proxy);
    }

    private static SecretsRead List(in SecretsWanted wanted, ApiServerTarget server, ProxyServer? proxy)
    {
        using var secrets = NamespaceSecrets.Take(
            server, proxy, wanted.Claims, wanted.Request.Token, wanted.Options.PodmanSecrets, wanted.Endpoints.All, wanted.Notices);
        var failure = secrets.Fetch(wanted.Deadline);
        return new SecretsRead
        {
            Mode = SecretsMode.Namespace, Failure = failure, Server = server, Count = secrets.SecretCount, Api = secrets.Use,
        };
    }

    private static SecretsRead Get(in SecretsWanted wanted, ApiServerTarget server, ProxyServer? proxy, SecretNames names)
    {
        using var secrets = new NamedSecrets(server, wanted.Claims, wanted.Endpoints.All, wanted.Notices);
        var failure = secrets.FetchAsWorkload(proxy, wanted.Request.Token, names, wanted.Deadline);
        return new SecretsRead
        {
            Mode = SecretsMode.Annotation, Failure = failure, Server = server, Count = secrets.Count, Api = secrets.Use,
        };
    }

    private static SecretsRead GetOfPod(in SecretsWanted wanted, ApiServerTarget server, ProxyServer? proxy)
    {
        using var secrets = new NamedSecrets(server, wanted.Claims, wanted.Endpoints.All, wanted.Notices);
        var pod = new PodSecrets(server, wanted.Claims, secrets, wanted.Notices);
        var failure = pod.Fetch(proxy, wanted.Deadline);
        return new SecretsRead
        {
            Mode = SecretsMode.Pod,
            Failure = failure,
            Server = server,
            Count = secrets.Count,
            Api = pod.Use,
            WhyNone = pod.NamesNone ? $"pod {pod.PodText} names none in imagePullSecrets" : null,
            NothingNamed = pod.NamesNone
                ? new TenantNote(EventReason.NoneNamed,
                    $"pod {pod.PodText} names no Secret in imagePullSecrets, so none is read; a pod gets those of its ServiceAccount when it is made")
                : null,
        };
    }

    private static SecretsRead ReadAnnotation(in SecretsWanted wanted, SecretNames names)
    {
        var options = wanted.Options;
        names.AddList(wanted.Request.Annotation.Span);
        var account = $"ServiceAccount {wanted.Claims.ServiceAccountText}";
        var where = $"annotation {options.SecretsAnnotation} of {account}";
        names.Warn(wanted.Notices, where);
        var failure = names.AreTooMany ? SecretNames.TooMany(account, $"in its annotation {options.SecretsAnnotation}") : null;
        if (names.All.Count > 0)
        {
            return new SecretsRead { Mode = SecretsMode.Annotation, Failure = failure };
        }

        var isThere = wanted.Request.HasAnnotation;
        return new SecretsRead
        {
            Mode = SecretsMode.Annotation,
            Failure = failure,
            WhyNone = isThere
                ? $"{where} names none"
                : $"the kubelet passed no {where} along (is it in optionalServiceAccountAnnotationKeys?)",
            NothingNamed = new TenantNote(EventReason.NoneNamed, isThere
                ? $"{where} names no Secret, so none is read"
                : $"{account} has no annotation {options.SecretsAnnotation} that names Secrets, or the node does not get it, so none is read"),
        };
    }
}
