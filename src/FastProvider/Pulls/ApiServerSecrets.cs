using FastProvider.Base;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Pulls;

/// <summary>The Secrets of the cluster, in the mode that is set.</summary>
internal sealed class ApiServerSecrets : ISecretSource
{
    public SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times)
    {
        var mode = wanted.Options.Secrets.For(wanted.Request.HasAnnotation);
        var names = mode is SecretsMode.Annotation ? new SecretNames(wanted.Claims.Namespace) : null;
        var named = names is null ? default : ReadAnnotation(wanted, names);
        var shared = wanted.SharedFor(mode);
        if (named.Failure is not null || (names is { All.Count: 0 } && shared.Length == 0))
        {
            return named;
        }

        ApiServerRoute server;
        var notFound = wanted.Node is { } kept
            ? kept.FindRoute(wanted.Options, wanted.Variable, wanted.Kubelet, out server)
            : ApiServerRoute.Find(wanted.Options.ToApiServer(wanted.Kubelet), wanted.Variable, out server);
        times.End(PullPhase.Node);
        if (notFound is not null)
        {
            return new SecretsRead { Mode = mode, Failure = notFound };
        }

        var asker = new Asker(wanted.Claims, wanted.Request.Token);
        var search = new SecretSearch(server, asker, wanted.Endpoints.All, wanted.Notices)
        {
            WithPodmanSecrets = wanted.Options.PodmanSecrets,
            Shared = shared,
        };
        var fetched = mode is SecretsMode.Namespace ? wanted.Resources.FetchNamespace(search, wanted.Deadline)
            : names is not null ? NamedSecrets.Fetch(wanted.Resources.Links, search, names.WithShared(shared), wanted.Deadline)
            : PodSecrets.Fetch(wanted.Resources.Links, search, wanted.Deadline);
        times.End(PullPhase.Secrets);
        return new SecretsRead
        {
            Mode = mode,
            Failure = fetched.Failure,
            Server = server.Target,
            Count = fetched.Count,
            ConsistentReads = fetched.ConsistentReads,
            Api = fetched.Use,
            Shared = fetched.Shared ?? [],
            WhyNone = fetched.Count > 0 ? null
                : fetched.PodThatNamesNone is { } pod ? $"pod {pod} names none in imagePullSecrets"
                : named.WhyNone,
            NothingNamed = fetched.PodThatNamesNone is { } without
                ? new TenantNote(EventReason.NoneNamed,
                    $"pod {without} names no Secret in imagePullSecrets,"
                        + " so none is read; a pod gets those of its ServiceAccount when it is made")
                : named.NothingNamed,
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
                : $"{account} has no annotation {options.SecretsAnnotation} that names Secrets,"
                    + " or the node does not get it, so none is read"),
        };
    }
}
