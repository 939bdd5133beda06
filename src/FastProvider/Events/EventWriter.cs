using System;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Events;

/// <summary>Writes an Event on a pod as the node, which may create and patch Events and not read them.</summary>
internal sealed class EventWriter(ApiServerLink link, ApiServerTarget server, string node, Deadline deadline) : IDisposable
{
    private const string NodePrefix = "system:node:";

    /// <summary>For one that meets a broken connection or a server without room. A pull that fails again tells again, a minute later.</summary>
    private const int MaxTries = 2;

    private readonly SecretBuffer _request = new();

    /// <summary>Connects as the node and writes.</summary>
    /// <param name="about">What about.</param>
    /// <param name="count">How often it has happened: once makes an Event, more often repeats it.</param>
    /// <param name="server">The API server.</param>
    /// <param name="proxy">The proxy to it, if any.</param>
    /// <param name="now">In UTC.</param>
    /// <param name="deadline">When to give up.</param>
    public static Failure? Write(
        PodEvent about, int count, ApiServerTarget server, HttpProxy? proxy, DateTime now, Deadline deadline)
    {
        if (NodeCertificate.Read(server, out var certificate) is { } unknown)
        {
            return unknown;
        }

        using (certificate)
        {
            var failure = ApiServerLink.TakeAsNode(server, proxy, certificate!, out var link);
            var name = link.ClientName;
            using var writer = new EventWriter(
                link, server, name.StartsWith(NodePrefix, StringComparison.Ordinal) ? name[NodePrefix.Length..] : "unknown", deadline);
            failure ??= writer.Write(about, count, now);
            link.Return();
            return failure;
        }
    }

    public void Dispose() => _request.Dispose();

    private Failure? Write(PodEvent about, int count, DateTime now)
    {
        var events = $"/apis/events.k8s.io/v1/namespaces/{about.Pod.Namespace}/events";
        var isNew = count == 1;
        var retry = new RetryPolicy(deadline, isNode: true);
        for (var turns = 0; ;)
        {
            var fault = isNew
                ? Send("POST "u8, events, "application/json"u8, EventDocument.Create(about, node, now), out var answer)
                : Send("PATCH "u8, $"{events}/{EventDocument.Name(about)}", "application/merge-patch+json"u8,
                    EventDocument.Repeat(count, now), out answer);
            if (fault is null && answer.Status is 200 or 201)
            {
                return null;
            }

            // What is remembered here and what the API server has may differ: it forgets Events, a node that starts forgets its own.
            if (fault is null && answer.Status == (isNew ? 409 : 404) && turns++ < 2)
            {
                isNew = !isNew;
                continue;
            }

            link.Close();
            // The right to write Events does not come by waiting.
            var isWorthIt = retry.Tries < MaxTries && answer.Status != 403
                && (fault is not null ? retry.WaitAfter(fault) : retry.WaitAfter(answer.Status, answer.RetryAfter));
            if (!isWorthIt)
            {
                return fault is not null
                    ? ApiServerFailure.Of(server, fault, retry.Tries)
                    : ApiServerFailure.Of(server, answer.Status, retry.Tries);
            }
        }
    }

    private ConnectionFault? Send(
        ReadOnlySpan<byte> method, string path, ReadOnlySpan<byte> contentType, Utf8Line json, out HttpHead answer)
    {
        _request.Clear();
        ObjectRequest.AppendWithBody(
            _request, method, server.Url, path, contentType, json.Bytes, deadline.Remaining / 2);
        if (link.Ask(_request.WrittenSpan, 1, deadline) is { } unasked)
        {
            answer = default;
            return unasked;
        }

        if (link.ReadHead(deadline, out answer) is { } unanswered)
        {
            return unanswered;
        }

        // The body says nothing that is wanted, but the connection may carry another request after it.
        Span<byte> rest = stackalloc byte[4096];
        while (true)
        {
            if (link.ReadBody(rest, deadline, out var count) is { } cut)
            {
                return cut;
            }

            if (count == 0)
            {
                link.EndAnswer();
                return null;
            }
        }
    }
}
