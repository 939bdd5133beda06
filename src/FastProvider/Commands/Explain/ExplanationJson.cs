using System.Buffers;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Commands.Explain.Probe;
using FastProvider.Kubelet;
using FastProvider.Mirrors;
using FastProvider.Pulls;
using FastProvider.Secrets;

namespace FastProvider.Commands.Explain;

/// <summary>An explanation for programs; docs/explain.md has the shape.</summary>
internal static class ExplanationJson
{
    private const int ShapeVersion = 1;

    public static int Send(Explanation explanation, int status)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            Write(json, explanation);
        }

        return CommandOutput.Send([.. bytes.WrittenSpan, (byte)'\n'], status);
    }

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        var question = explanation.Question;
        json.WriteStartObject();
        json.WriteNumber("version", ShapeVersion);
        json.WriteStartObject("image");
        json.WriteString("given", question.Image.Given);
        json.WriteString("repository", question.Image.Repository);
        json.WriteEndObject();
        json.WriteStartObject("for");
        json.WriteString("namespace", question.Namespace);
        json.WriteString("serviceAccount", question.ServiceAccount);
        if (question.HasToken)
        {
            json.WriteString("pod", question.Claims.Pod.Span);
            json.WriteString("audiences", question.Claims.Audiences.Span);
            json.WriteString("issuer", question.Claims.Issuer.Span);
            json.WriteNumber("expiresAtUnixSeconds", question.Claims.ExpiresAtUnixSeconds);
        }

        json.WriteEndObject();
        WriteSettings(json, explanation.Entry);
        json.WriteString("neverRun", explanation.WhyNeverRun);
        WriteRegistry(json, explanation.Sources?.Registry);
        json.WriteStartObject("secrets");
        json.WriteString("from", explanation.SecretsFrom);
        json.WriteNumber("read", explanation.Record.Read.Count);
        json.WriteString("whyNone", explanation.WhyNoSecret);
        json.WriteStartArray("shared");
        foreach (var shared in explanation.Record.Read.Shared)
        {
            json.WriteStartObject();
            json.WriteString("secret", shared.Secret.ToString());
            json.WriteBoolean("forPod", shared.IsForPod);
            json.WriteNumber("status", shared.Status);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteEndpoints(json, explanation);
        json.WriteStartObject("authFile");
        json.WriteString("path", explanation.AuthFilePath);
        json.WriteBoolean("written", explanation.IsWritten);
        json.WriteString("whyNot", explanation.WhyNot);
        if (explanation.IsWritten)
        {
            json.WritePropertyName("content");
            MaskedAuthFile.Write(json, explanation);
        }

        json.WriteEndObject();
        json.WriteBoolean("private", explanation.IsPrivate);
        json.WriteString("answer", explanation.Answer);
        json.WriteStartArray("warnings");
        foreach (var warning in explanation.Record.Notices.Shown)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
        json.WriteString("failure", explanation.Failure?.Message);
        WriteTimes(json, explanation.Record.Times);
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, ProviderEntry? entry)
    {
        if (entry is null)
        {
            json.WriteNull("settings");
            return;
        }

        json.WriteStartObject("settings");
        json.WriteString("from", entry.Place);
        json.WriteString("args", entry.ArgumentsText);
        json.WriteEndObject();
    }

    private static void WriteRegistry(Utf8JsonWriter json, RegistryMatch? registry)
    {
        if (registry is null)
        {
            json.WriteNull("registry");
            return;
        }

        json.WriteStartObject("registry");
        json.WriteString("file", registry.File);
        json.WriteNumber("line", registry.Line);
        json.WriteString("prefix", registry.Prefix.Span);
        json.WriteString("location", registry.Location.Span);
        json.WriteBoolean("blocked", registry.Blocked);
        json.WriteBoolean("mirrorByDigestOnly", registry.MirrorByDigestOnly);
        json.WriteEndObject();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartArray("endpoints");
        if (explanation.Sources is { } sources)
        {
            for (var i = 0; i < sources.Endpoints.Length; i++)
            {
                ref readonly var endpoint = ref sources.Endpoints[i];
                json.WriteStartObject();
                json.WriteString("repository", endpoint.Repository.Span);
                json.WriteBoolean("primary", endpoint.IsPrimary);
                json.WriteBoolean("insecure", endpoint.Insecure);
                json.WriteString("pullFromMirror", endpoint.Restriction switch
                {
                    PullFromMirror.DigestOnly => "digest-only",
                    PullFromMirror.TagOnly => "tag-only",
                    _ => "all",
                });
                WriteTruth(json, "asked", endpoint.IsPrimary
                    ? !sources.Registry!.Blocked
                    : explanation.Question.Image.IsFor(endpoint.Restriction, sources.Registry!.MirrorByDigestOnly));
                json.WriteBoolean("valid", endpoint.IsValid);
                if (explanation.CredentialOf(i) is { } credential)
                {
                    WriteChoice(json, credential, explanation);
                }

                if (explanation.Probes is { } probes)
                {
                    WriteProbe(json, probes.All[i]);
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteTruth(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known)
        {
            json.WriteBoolean(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteChoice(Utf8JsonWriter json, EndpointCredential endpoint, Explanation explanation)
    {
        json.WriteString("credentialFrom", endpoint.IsFromSecret ? "secret"
            : endpoint.Provider is not null ? "provider"
            : endpoint.File is not null ? "global"
            : "none");
        json.WriteString("credentialProvider", endpoint.Provider);
        json.WriteString("credentialFile", endpoint.File?.Path);
        json.WriteString("credentialHelper", endpoint.Helper?.Name);
        json.WriteStartArray("keys");
        var keys = explanation.ListsKeysElsewhere ? explanation.Keys : explanation.KeysByHost.Near(endpoint);
        foreach (var verdict in KeyVerdict.Of(endpoint, keys, explanation.AreNamedInOrder))
        {
            if (verdict.Standing is KeyStanding.Elsewhere && !explanation.ListsKeysElsewhere)
            {
                continue;
            }

            json.WriteStartObject();
            if (verdict.Key.Source.IsSecret)
            {
                json.WriteString("secret", verdict.Key.Source.Name.Span);
            }
            else
            {
                json.WriteNull("secret");
            }

            json.WriteString("key", verdict.Key.Text);
            json.WriteString("file", verdict.Key.Source.File?.Path);
            json.WriteString("standing", KeyVerdict.Word(verdict.Standing));
            json.WriteString("why", verdict.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProbe(Utf8JsonWriter json, EndpointProbe probe)
    {
        json.WriteStartObject("probe");
        json.WriteString("result", probe.Result.Word());
        json.WriteString("detail", probe.Detail);
        if (probe.Status == 0)
        {
            json.WriteNull("status");
        }
        else
        {
            json.WriteNumber("status", probe.Status);
        }

        json.WriteString("authentication", probe.Authentication.Word());
        json.WriteString("tls", probe.Tls.Word());
        json.WriteNumber("elapsedMs", (long)probe.Elapsed.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, in PhaseTimes times)
    {
        json.WriteStartObject("microseconds");
        json.WriteNumber("mirrors", (long)times[PullPhase.Mirrors].TotalMicroseconds);
        json.WriteNumber("node", (long)times[PullPhase.Node].TotalMicroseconds);
        json.WriteNumber("secrets", (long)times[PullPhase.Secrets].TotalMicroseconds);
        json.WriteNumber("authFile", (long)times[PullPhase.AuthFile].TotalMicroseconds);
        json.WriteEndObject();
    }
}
