using System;
using System.Collections;
using System.Collections.Generic;
using FastProvider.Kubelet;
using FastProvider.Node;

namespace FastProvider.Chain;

/// <summary>
/// The variables that another provider sees: the kubelet's own and those of its entry, as the kubelet hands them over, and that
/// we asked. Where the kubelet's cannot be read, it is this process's own without what is ours.
/// </summary>
/// <param name="kubelet">The kubelet; null if it was not found.</param>
internal sealed class ChainedEnvironment(NodeService? kubelet)
{
    /// <summary>Set for the providers that are run: one of them may be a fast-provider, and run us.</summary>
    public const string Mark = "FAST_PROVIDER_CHAINED";

    private const string Ours = "FAST_PROVIDER_";

    /// <summary>For one provider, each as NAME=VALUE.</summary>
    public string[] Of(ProviderEntry entry)
    {
        var all = kubelet is { ProcessId: not null, Environment.Count: > 0 } ? OfKubelet(kubelet) : OfThisProcess();
        foreach (var (name, value) in entry.Environment)
        {
            all[name] = value;
        }

        all[Mark] = "1";
        var texts = new string[all.Count];
        var count = 0;
        foreach (var (name, value) in all)
        {
            texts[count++] = $"{name}={value}";
        }

        return texts;
    }

    /// <summary>One by one: a dictionary that is made of another brings types that cost at each start of the program.</summary>
    private static Dictionary<string, string> OfKubelet(NodeService kubelet)
    {
        Dictionary<string, string> own = [];
        foreach (var (name, value) in kubelet.Environment)
        {
            own[name] = value;
        }

        return own;
    }

    private static Dictionary<string, string> OfThisProcess()
    {
        Dictionary<string, string> own = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && !name.StartsWith(Ours, StringComparison.Ordinal))
            {
                own[name] = value;
            }
        }

        return own;
    }
}
