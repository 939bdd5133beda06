using System;
using System.Globalization;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Asks a registry and its token server, each request on a connection of its own. All of it ends with the deadline, and of an
/// answer no more is read than its bounds.
/// </summary>
/// <param name="trust">For TLS.</param>
/// <param name="variable">Looks an environment variable up, for proxies.</param>
internal sealed class RegistryClient(TlsContext trust, Func<string, string?> variable)
{
    private const int MaxTokenBytes = 64 * 1024, MaxErrorBytes = 8 * 1024, PieceBytes = 4 * 1024, MaxRedirects = 3;

    /// <summary>An error's code is worth no more: the status has decided.</summary>
    private static readonly TimeSpan ErrorBodyWait = TimeSpan.FromMilliseconds(500);

    /// <summary>A proxy lay between, at one request at least.</summary>
    public bool UsedProxy { get; private set; }

    /// <summary>
    /// Asks. A redirect is followed for a request without credential alone, and never from TLS to plain http; one that is not
    /// followed is the answer.
    /// </summary>
    /// <param name="address">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="deadline">When to give up.</param>
    public RegistryAnswer Ask(WebAddress address, RegistryRequest request, Deadline deadline)
    {
        for (var redirects = 0; ; redirects++)
        {
            var answer = AskOnce(address, request, deadline);
            if (!answer.IsRedirect || request.IsConfidential || redirects == MaxRedirects
                || address.Resolve(answer.Location) is not { } next || (address.IsTls && !next.IsTls))
            {
                return answer;
            }

            answer.Dispose();
            address = next;
        }
    }

    private RegistryAnswer AskOnce(WebAddress address, RegistryRequest request, Deadline deadline)
    {
        if (Connect(address, deadline, out var stream) is { } fault)
        {
            return RegistryAnswer.Failed(fault);
        }

        using var connection = new HttpConnection(stream!);
        using var bytes = new SecretBuffer();
        request.WriteTo(bytes, address);
        if (connection.Send(bytes.WrittenSpan, deadline) is { } unsent)
        {
            return RegistryAnswer.Failed(Explain(address, unsent));
        }

        if (connection.ReadHead(deadline, out var head) is { } unanswered)
        {
            return RegistryAnswer.Failed(Explain(address, unanswered));
        }

        var answer = RegistryAnswer.Of(head, connection.HeadSection);
        if (request.WantsBody && answer.Status == 200)
        {
            if (ReadBody(connection, answer.Body, MaxTokenBytes, deadline) is { } cut)
            {
                answer.Dispose();
                return RegistryAnswer.Failed(Explain(address, cut));
            }
        }
        else if (answer.Status >= 400 && answer.IsJson && !answer.IsEncoded)
        {
            _ = ReadBody(connection, answer.Body, MaxErrorBytes, deadline.OrAfter(ErrorBodyWait));
            answer.ReadCode();
        }

        return answer;
    }

    private ProbeVerdict? Connect(WebAddress address, Deadline deadline, out ByteStream? stream)
    {
        stream = null;
        if (FindProxy(address, out var proxy) is { } unspoken)
        {
            return unspoken;
        }

        UsedProxy |= proxy is not null;
        var reached = proxy is null
            ? TcpConnector.Connect(address.Host, address.Port, deadline)
            : new ProxyTunnel(proxy, trust, tlsServerName: null).Connect(address.Host, address.Port, deadline);
        if (!reached.IsOk)
        {
            return new ProbeVerdict(ProbeResult.Down, $"{address}: {reached.Fault.What}");
        }

        var secured = address.IsTls ? TlsConnection.Handshake(trust, reached.Stream, address.Host, deadline) : reached;
        stream = secured.Stream;
        var result = secured.Fault?.Kind is FaultKind.Untrusted ? ProbeResult.Untrusted : ProbeResult.Down;
        return secured.IsOk ? null : new ProbeVerdict(result, $"{address}: {secured.Fault.What}");
    }

    /// <summary>The one that a program in Go with this environment would use.</summary>
    private ProbeVerdict? FindProxy(WebAddress address, out ProxyServer? proxy)
    {
        proxy = null;
        var port = address.Port.ToString(CultureInfo.InvariantCulture);
        if (address.IsTls)
        {
            if (ServerUrl.FromHostPort(address.Host, port, out var url) is { } invalid)
            {
                return new ProbeVerdict(ProbeResult.NotProbed, $"{address} {invalid}");
            }

            return ProxySelection.Select(url, null, variable, out proxy, out _) is { } unclear
                ? new ProbeVerdict(ProbeResult.NotProbed, unclear.Message)
                : null;
        }

        var name = string.IsNullOrEmpty(variable("HTTP_PROXY")) ? "http_proxy" : "HTTP_PROXY";
        var noProxy = variable("NO_PROXY") is { Length: > 0 } list ? list : variable("no_proxy");
        return string.IsNullOrEmpty(variable(name)) || NoProxy.Exempts(noProxy, address.Host, port)
            ? null
            : new ProbeVerdict(ProbeResult.NotProbed, $"plain http through {name} is not spoken; NO_PROXY may exempt it");
    }

    private static ConnectionFault? ReadBody(HttpConnection connection, SecretBuffer body, int maxBytes, Deadline deadline)
    {
        while (body.Length < maxBytes)
        {
            if (connection.ReadBody(body.GetSpan(PieceBytes)[..PieceBytes], deadline, out var count) is { } cut)
            {
                return cut;
            }

            if (count == 0)
            {
                return null;
            }

            body.Advance(count);
        }

        return null;
    }

    /// <summary>For a fault after the connection stands.</summary>
    private static ProbeVerdict Explain(WebAddress address, ConnectionFault fault) => new(
        fault.Kind is not FaultKind.Untrusted ? ProbeResult.Down
            : fault.IsOfTls ? ProbeResult.Untrusted
            : ProbeResult.NotARegistry,
        $"{address}: {fault.What}");
}
