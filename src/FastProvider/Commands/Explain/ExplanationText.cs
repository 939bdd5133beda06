using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Commands.Explain.Probe;
using FastProvider.Mirrors;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Transport;

namespace FastProvider.Commands.Explain;

/// <summary>An explanation for people.</summary>
internal static class ExplanationText
{
    private const int LabelWidth = 12;

    public static int Send(Explanation explanation, int status)
    {
        var page = new CommandOutput();
        Ask(page, explanation.Question);
        if (explanation.Entry is { } entry)
        {
            var arguments = entry.Arguments.Length > 0 ? $"args {entry.ArgumentsText}" : "no args";
            Field(page, "Settings", $"{arguments}, of {entry.Name} in {entry.Place}");
        }

        if (explanation.WhyNeverRun is { } neverRun)
        {
            Field(page, "Never run", neverRun);
        }

        Registry(page, explanation);
        Secrets(page, explanation);
        Endpoints(page, explanation);
        File(page, explanation);
        Times(page, explanation);
        foreach (var warning in explanation.Record.Notices.Shown)
        {
            Field(page, "Warning", warning);
        }

        if (explanation.Failure is { } failure)
        {
            Field(page, "Fails", failure.Message);
        }

        return page.Send(status);
    }

    private static void Ask(CommandOutput page, Question question)
    {
        var image = question.Image;
        Field(page, "Image",
            image.Given == image.Repository ? image.Given : $"{image.Repository}, which the kubelet makes of {image.Given}");
        if (question.Namespace.Length == 0)
        {
            Field(page, "For", "nobody: the request has no token");
            return;
        }

        var pod = question.HasToken && !question.Claims.Pod.IsEmpty ? $", pod {Text(question.Claims.Pod.Span)}" : "";
        Field(page, "For", $"namespace {question.Namespace}, ServiceAccount {question.ServiceAccount}{pod}");
        if (question.HasToken)
        {
            var expires = DateTimeOffset.FromUnixTimeSeconds(question.Claims.ExpiresAtUnixSeconds);
            var state = question.Claims.ExpiresAtUnixSeconds == 0 ? "without end"
                : expires < DateTimeOffset.UtcNow
                    ? $"EXPIRED since {expires.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by this node's clock"
                : $"valid until {expires.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
            Field(page, "Token",
                $"audience {Text(question.Claims.Audiences.Span)}, issuer {Text(question.Claims.Issuer.Span)}, {state}");
        }
    }

    private static void Registry(CommandOutput page, Explanation explanation)
    {
        if (explanation.Sources is not { } sources)
        {
            return;
        }

        if (sources.Registry is not { } registry)
        {
            Field(page, "Registry", "no [[registry]] of registries.conf matches");
            return;
        }

        var location = registry.Location.IsEmpty ? "keeps the image's name" : $"location {Text(registry.Location.Span)}";
        var flags = (registry.Blocked ? ", blocked (its mirrors still serve it)" : "")
            + (registry.MirrorByDigestOnly ? ", mirrors by digest only" : "");
        Field(page, "Registry", $"{registry.File} line {registry.Line}: prefix {Text(registry.Prefix.Span)}, {location}{flags}");
    }

    private static void Secrets(CommandOutput page, Explanation explanation)
    {
        if (explanation.Endpoints is null)
        {
            return;
        }

        if (explanation.SecretsFrom is null)
        {
            Field(page, "Secrets", explanation.Sources!.CredentialHelpersExcludeAuthFiles
                ? "none are read"
                : "NOT READ: without --token-file, --request or --secrets-from only the global auth file is known");
            return;
        }

        Field(page, "Secrets", $"{explanation.Record.Read.Count} read: {explanation.SecretsFrom}");
        if (explanation.Record.Read.Server is { } server)
        {
            Field(page, "", $"from {ApiServerFailure.Name(server)}");
        }

        if (explanation.LeavesOutProviders)
        {
            Field(page, "", "the kubelet's other credential providers were not asked, as a pull would: give --chain for that");
        }

        foreach (var shared in explanation.Record.Read.Shared)
        {
            Field(page, "", $"shared Secret {shared.Secret}: {shared.Words}");
        }

        if (explanation.WhyNoSecret is { } why)
        {
            Field(page, "", why);
        }
    }

    private static void Endpoints(CommandOutput page, Explanation explanation)
    {
        if (explanation.Sources is not { Endpoints.IsEmpty: false } sources)
        {
            return;
        }

        page.Line().Line("Endpoints in the order of the pull:");
        for (var i = 0; i < sources.Endpoints.Length; i++)
        {
            ref readonly var endpoint = ref sources.Endpoints[i];
            page.Line($"{i + 1,3}. {Text(endpoint.Repository.Span)}{Remarks(endpoint, explanation)}");
            if (explanation.CredentialOf(i) is { } credential)
            {
                Choice(page, credential, explanation);
            }

            if (explanation.Probes is { } probes)
            {
                Probe(page, probes.All[i]);
            }
        }

        page.Line();
        if (explanation.Probes is { UsedProxy: true })
        {
            Field(page, "Proxy", "probes went through the proxy of HTTPS_PROXY in this environment; CRI-O may have another");
        }
    }

    private static string Remarks(in PullEndpoint endpoint, Explanation explanation)
    {
        var registry = explanation.Sources!.Registry!;
        var remarks = new List<string>();
        if (endpoint.IsPrimary)
        {
            remarks.Add(registry.Blocked ? "the registry itself, blocked" : "the registry itself");
        }
        else if (endpoint.Restriction is PullFromMirror.DigestOnly || registry.MirrorByDigestOnly)
        {
            remarks.Add("for pulls by digest only");
        }
        else if (endpoint.Restriction is PullFromMirror.TagOnly)
        {
            remarks.Add("for pulls by tag only");
        }

        if (!endpoint.IsPrimary && explanation.Question.Image.IsFor(endpoint.Restriction, registry.MirrorByDigestOnly) is false)
        {
            remarks.Add("not asked for this image");
        }

        if (endpoint.Insecure)
        {
            remarks.Add("insecure");
        }

        if (!endpoint.IsValid)
        {
            remarks.Add("no valid repository name: CRI-O refuses the pull for it");
        }

        return remarks.Count == 0 ? "" : $"  ({string.Join("; ", remarks)})";
    }

    private static void Choice(CommandOutput page, EndpointCredential endpoint, Explanation explanation)
    {
        if (endpoint.Helper is { } helper)
        {
            page.Line(
                $"       credential helper {helper.Name} of {endpoint.File!.Path} answers for the host; it is not asked here");
        }

        if (endpoint.Provider is { } provider)
        {
            page.Line($"       {KeyVerdict.Word(KeyStanding.Chosen)}: credential provider {provider},"
                + $" key \"{ShownKey.Of(endpoint.Key.Span)}\"");
        }

        var elsewhere = explanation.KeysByHost.Count;
        var isFound = endpoint.Helper is not null || endpoint.Provider is not null;
        foreach (var verdict in KeyVerdict.Of(endpoint, explanation.KeysByHost.Near(endpoint), explanation.AreNamedInOrder))
        {
            elsewhere -= verdict.Standing is KeyStanding.Elsewhere ? 0 : 1;
            isFound |= verdict.Standing is KeyStanding.Chosen;
            var why = verdict.Why.Length == 0 ? "" : $": {verdict.Why}";
            if (verdict.Standing is not KeyStanding.Elsewhere)
            {
                page.Line($"       {KeyVerdict.Word(verdict.Standing)}: {verdict.Key.Where}, key \"{verdict.Key.Text}\"{why}");
            }
        }

        if (!isFound)
        {
            page.Line("       no credential"
                + (elsewhere == 0 ? "" : $" ({elsewhere} {(elsewhere == 1 ? "key is" : "keys are")} of other registries)"));
        }
    }

    private static void Probe(CommandOutput page, EndpointProbe probe)
    {
        var time = probe.IsProbed ? $" ({Ms(probe.Elapsed)})" : "";
        page.Line($"       probe: {probe.Result.Word()}: {probe.Detail}{time}");
    }

    private static void File(CommandOutput page, Explanation explanation)
    {
        if (explanation.Failure is null)
        {
            Field(page, "Auth file",
                explanation.IsWritten ? $"{explanation.AuthFilePath} would be written:" : $"none: {explanation.WhyNot}");
        }

        if (explanation.IsWritten)
        {
            foreach (var line in Encoding.UTF8.GetString(MaskedAuthFile.Bytes(explanation)).Split('\n'))
            {
                page.Line(new string(' ', LabelWidth) + line);
            }
        }

        if (explanation.Answer is { } answer)
        {
            Field(page, "Answer", answer);
        }
    }

    private static void Times(CommandOutput page, Explanation explanation)
    {
        var times = explanation.Record.Times;
        Field(page, "Times", $"mirrors {Ms(times[PullPhase.Mirrors])}, node {Ms(times[PullPhase.Node])},"
            + $" secrets {Ms(times[PullPhase.Secrets])},"
            + $" auth file {Ms(times[PullPhase.AuthFile])}");
    }

    private static string Ms(TimeSpan time) => Text(new SafeText().AppendMs(time).Bytes);

    private static void Field(CommandOutput page, string label, string text) => page.Line(label.PadRight(LabelWidth) + text);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
