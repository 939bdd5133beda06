using System.Collections.Generic;
using FastProvider.Secrets;

namespace FastProvider.Commands.Explain;

/// <summary>How a key stands to an endpoint.</summary>
internal enum KeyStanding
{
    /// <summary>Its credential is used.</summary>
    Chosen,

    /// <summary>It speaks for the endpoint, and another goes before it.</summary>
    Lost,

    /// <summary>It speaks for the endpoint, and its entry holds no credential.</summary>
    Refused,

    /// <summary>Its host is the endpoint's, and it does not speak for it.</summary>
    NearMiss,

    /// <summary>It is of another registry.</summary>
    Elsewhere,
}

/// <summary>What became of one key at one endpoint, and why.</summary>
internal sealed class KeyVerdict
{
    private KeyVerdict(TracedKey key, KeyStanding standing, string why)
    {
        Key = key;
        Standing = standing;
        Why = why;
    }

    public TracedKey Key { get; }

    public KeyStanding Standing { get; }

    /// <summary>For people; names no credential.</summary>
    public string Why { get; }

    /// <summary>The word for a standing, to people and programs alike; docs/explain.md has what each means.</summary>
    public static string Word(KeyStanding standing) => standing switch
    {
        KeyStanding.Chosen => "chosen",
        KeyStanding.Lost => "lost",
        KeyStanding.Refused => "refused",
        KeyStanding.NearMiss => "near-miss",
        _ => "elsewhere",
    };

    /// <summary>
    /// Keys as they were met, as they stand to one endpoint: the chosen, those that lost, those that nearly match.
    /// </summary>
    public static List<KeyVerdict> Of(EndpointCredential endpoint, IReadOnlyList<TracedKey> keys, bool areNamedInOrder)
    {
        var verdicts = new List<KeyVerdict>();
        foreach (var key in keys)
        {
            verdicts.Add(Of(endpoint, key, areNamedInOrder));
        }

        // By standing, else as they were met: the sort of List is not stable.
        var sorted = new List<KeyVerdict>();
        for (var standing = KeyStanding.Chosen; standing <= KeyStanding.Elsewhere; standing++)
        {
            foreach (var verdict in verdicts)
            {
                if (verdict.Standing == standing)
                {
                    sorted.Add(verdict);
                }
            }
        }

        return sorted;
    }

    private static KeyVerdict Of(EndpointCredential endpoint, TracedKey key, bool areNamedInOrder)
    {
        switch (endpoint.MismatchWith(key.Source, key.Key))
        {
            case KeyPart.Host:
                return new KeyVerdict(key, KeyStanding.Elsewhere, "it is of another host");
            case KeyPart.Port:
                return new KeyVerdict(key, KeyStanding.NearMiss, endpoint.Repository.Port.IsEmpty
                    ? "it has a port, and the endpoint has none"
                    : $"its port is not the endpoint's, {System.Text.Encoding.UTF8.GetString(endpoint.Repository.Port)}");
            case KeyPart.Path:
                return new KeyVerdict(key, KeyStanding.NearMiss, "its path is not one that the endpoint's begins with");
        }

        if (key.Fault is not null)
        {
            return new KeyVerdict(key, KeyStanding.Refused, key.Fault);
        }

        if (endpoint.Helper is { } helper && !key.Source.IsSecret)
        {
            return new KeyVerdict(
                key, KeyStanding.Lost, $"credential helper {helper.Name} of {endpoint.File!.Path} answers for the host");
        }

        if (endpoint.IsFromSecret && !key.Source.IsSecret)
        {
            return new KeyVerdict(
                key, KeyStanding.Lost, "a Secret serves the endpoint, and the global auth file is asked after the Secrets");
        }

        if (endpoint.Provider is { } provider)
        {
            return new KeyVerdict(key, KeyStanding.Lost, key.Source.IsSecret
                ? "its entry is passed over"
                : $"credential provider {provider} serves the endpoint, and the global auth file is asked after it");
        }

        return endpoint.LosesBy(key.Source, key.Key) is { } rule
            ? new KeyVerdict(key, KeyStanding.Lost, Words(rule, areNamedInOrder || key.Source.IsShared))
            : new KeyVerdict(key, KeyStanding.Chosen, "");
    }

    private static string Words(ChoiceRule rule, bool areNamedInOrder) => rule switch
    {
        ChoiceRule.OtherFile => "another file answers: CRI-O takes the first in which it finds a credential",
        ChoiceRule.CrioSpelling => "CRI-O looks for the chosen key first",
        ChoiceRule.LongerPath => "the chosen key names more of the path",
        ChoiceRule.FewerWildcards => "the chosen key has fewer wildcards in its host",
        ChoiceRule.OwnNamespace => "the chosen key's Secret is of the pod's own namespace, and this one is shared",
        ChoiceRule.Precedence => areNamedInOrder
            ? "the chosen key's Secret is named earlier"
            : "the chosen key's Secret is newer",
        ChoiceRule.SecretName => "the chosen key's Secret is as old, and its name comes first",
        _ => "of two spellings in one Secret the one that CRI-O looks for goes first, then the first in byte order",
    };
}
