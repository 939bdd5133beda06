using System;
using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Secrets;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>Asks the endpoints of a pull, one after the other in the pull's order.</summary>
internal sealed class EndpointProbes
{
    private static readonly TimeSpan PerEndpoint = TimeSpan.FromSeconds(5), ForAll = TimeSpan.FromSeconds(20);

    private EndpointProbes(EndpointProbe[] all) => All = all;

    /// <summary>One for each endpoint of registries.conf, in its order.</summary>
    public IReadOnlyList<EndpointProbe> All { get; }

    /// <summary>Endpoints were asked, and a pull can come from none of them.</summary>
    public bool NoneServes
    {
        get
        {
            var isProbed = false;
            foreach (var probe in All)
            {
                if (probe.Serves)
                {
                    return false;
                }

                isProbed |= probe.IsProbed;
            }

            return isProbed;
        }
    }

    /// <summary>A proxy of this process's environment lay between, at one endpoint at least.</summary>
    public bool UsedProxy
    {
        get
        {
            foreach (var probe in All)
            {
                if (probe.UsedProxy)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <param name="explanation">With endpoints whose credentials were chosen.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    public static EndpointProbes Run(Explanation explanation, Func<string, string?> variable)
    {
        using var trust = new RegistryTrust(variable);
        var deadline = Deadline.After(ForAll);
        var sources = explanation.Sources!;
        var probes = new EndpointProbe[sources.Endpoints.Length];
        for (var i = 0; i < probes.Length; i++)
        {
            ref readonly var endpoint = ref sources.Endpoints[i];
            var mine = deadline.OrAfter(PerEndpoint);
            var credential = explanation.CredentialOf(i);
            probes[i] = WhyNot(endpoint, credential, explanation, deadline) is { } whyNot
                ? new EndpointProbe { Result = whyNot.Result, Detail = whyNot.Detail }
                : RegistryProbe.Run(endpoint, credential!, trust, variable, mine);
        }

        return new EndpointProbes(probes);
    }

    /// <summary>Why an endpoint is not asked: a pull would not ask it, or what it would send is not known.</summary>
    private static ProbeVerdict? WhyNot(
        in PullEndpoint endpoint, EndpointCredential? credential, Explanation explanation, Deadline deadline)
    {
        var registry = explanation.Sources!.Registry!;
        var image = explanation.Question.Image;
        return endpoint.IsPrimary && registry.Blocked ? new(ProbeResult.Blocked, "registries.conf blocks it")
            : !endpoint.IsPrimary && image.IsFor(endpoint.Restriction, registry.MirrorByDigestOnly) is false
                ? new(ProbeResult.NotAsked, "a pull of this image passes it over")
            : credential is null ? new(ProbeResult.NotProbed, "it has no valid repository name")
            : explanation.Failure is not null ? new(ProbeResult.NotProbed, "the pull gets no credentials")
            : explanation.Sources.CredentialHelpersExcludeAuthFiles || HasHelper(credential, explanation.Helpers)
                ? new(ProbeResult.NotProbed, "CRI-O asks a credential helper, which is not run here")
            : deadline.IsOver ? new(ProbeResult.NotProbed, $"the {ForAll.TotalSeconds} s for all endpoints are over")
            : null;
    }

    private static bool HasHelper(EndpointCredential endpoint, IReadOnlyList<CredentialHelper> helpers)
    {
        foreach (var helper in helpers)
        {
            if (endpoint.Repository.Authority.SequenceEqual(helper.Host))
            {
                return true;
            }
        }

        return false;
    }
}
