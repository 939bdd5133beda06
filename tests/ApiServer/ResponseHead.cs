using System.Globalization;
using System.Net;

namespace FastProvider.Tests.ApiServer;

/// <summary>Status line and headers in the order and spelling of the recorded answers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="HasFlowSchema">False for 401: the request was turned away before priority and fairness saw it.</param>
internal sealed record ResponseHead(int Status, bool HasFlowSchema = true)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>Header lines of this one answer, between Content-Type and the flow schema; each ends with CRLF.</summary>
    public string Extra { get; init; } = "";

    private string Coding { get; init; } = "";

    public ResponseHead Gzipped() => this with { Coding = "Content-Encoding: gzip\r\n", Extra = "Vary: Accept-Encoding\r\n" + Extra };

    public string WithContentLength(int bytes) =>
        Text() + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}\r\n\r\n");

    public string Chunked() => Text() + "Transfer-Encoding: chunked\r\n\r\n";

    private string Text() =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Reason((HttpStatusCode)Status)}\r\n")
        + $"Audit-Id: {Guid.NewGuid()}\r\nCache-Control: no-cache, private\r\n{Coding}Content-Type: {ContentType}\r\n"
        + Extra
        + (Status == 403 ? "X-Content-Type-Options: nosniff\r\n" : "")
        + (HasFlowSchema
            ? "X-Kubernetes-Pf-Flowschema-Uid: f1203b86-2783-403a-b64c-9d733e125d67\r\n"
              + "X-Kubernetes-Pf-Prioritylevel-Uid: 6b6924f1-531b-45ac-8482-6cd7f0d47ab0\r\n"
            : "")
        + $"Date: {DateTimeOffset.UtcNow:R}\r\n";

    private static string Reason(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK => "OK",
        HttpStatusCode.BadRequest => "Bad Request",
        HttpStatusCode.NotFound => "Not Found",
        HttpStatusCode.NotAcceptable => "Not Acceptable",
        HttpStatusCode.TooManyRequests => "Too Many Requests",
        HttpStatusCode.InternalServerError => "Internal Server Error",
        HttpStatusCode.BadGateway => "Bad Gateway",
        HttpStatusCode.ServiceUnavailable => "Service Unavailable",
        HttpStatusCode.GatewayTimeout => "Gateway Timeout",
        _ => status.ToString(),
    };
}
