using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Events;

/// <summary>Writes an Event on a pod as the node, which may create and patch Events and not read them.</summary>
internal sealed class EventWriter(PodEvent about, string node, DateTime now, ServerUrl server) : IApiQuestions
{
    private readonly string _events = $"/apis/events.k8s.io/v1/namespaces/{about.Pod.Namespace}/events";

    /// <summary>How often it has happened. Once makes an Event, more often repeats it.</summary>
    private int _count;

    private bool _isNew;

    public int Count => 1;

    public bool StartOver => false;

    /// <summary>Connects as the node and writes.</summary>
    /// <param name="about">What about.</param>
    /// <param name="count">How often it has happened: once makes an Event, more often repeats it.</param>
    /// <param name="server">The API server.</param>
    /// <param name="now">In UTC.</param>
    /// <param name="deadline">When to give up.</param>
    public static Failure? Write(PodEvent about, int count, in ApiServerRoute server, DateTime now, Deadline deadline)
    {
        var read = NodeCertificate.Read(server.Target);
        if (!read.IsOk)
        {
            return read.Failure;
        }

        using (var certificate = read.Value)
        {
            using var links = new ApiServerLinks();
            var taken = links.Take(server, certificate);
            if (!taken.IsOk)
            {
                return taken.Failure;
            }

            using var lease = taken.Value;
            var node = lease.Link.NodeName ?? "unknown";
            var writer = new EventWriter(about, node, now, server.Target.Url) { _count = count, _isNew = count == 1 };
            using var exchange = new ApiExchange();
            exchange.Start(lease.Link, deadline, Patience.Event);
            return ApiServerFailure.Of(server.Target, writer.Write(exchange));
        }
    }

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget)
    {
        if (_isNew)
        {
            new ApiRequest("POST"u8, Encoding.ASCII.GetBytes(_events))
            {
                ContentType = "application/json"u8, Body = EventDocument.Create(about, node, now).Bytes,
            }.AppendTo(requests, server, serverBudget);
        }
        else
        {
            new ApiRequest("PATCH"u8, Encoding.ASCII.GetBytes($"{_events}/{EventDocument.Name(about)}"))
            {
                ContentType = "application/merge-patch+json"u8, Body = EventDocument.Repeat(_count, now).Bytes,
            }.AppendTo(requests, server, serverBudget);
        }
    }

    public bool Takes(int index, int status) => status is 200 or 201;

    /// <summary>The body says nothing that is wanted.</summary>
    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body)
    {
        Span<byte> rest = stackalloc byte[4096];
        while (true)
        {
            if (body.Read(rest, out var count) is { } cut)
            {
                return ApiEnd.Broken(cut);
            }

            if (count == 0)
            {
                return ApiEnd.Done;
            }
        }
    }

    public void Forget()
    {
    }

    private ApiEnd Write(ApiExchange exchange)
    {
        for (var turns = 0; ; turns++)
        {
            var end = exchange.Run(this);

            // What is remembered here and what the API server has may differ: it forgets Events, and so does a node that
            // restarts.
            if (end.Status != (_isNew ? 409 : 404) || turns == 2)
            {
                return end;
            }

            _isNew = !_isNew;
        }
    }
}
