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

    /// <summary>The request was a node's: priority and fairness counts nodes apart from ServiceAccounts.</summary>
    public bool IsForNode { get; init; }

    private string Coding { get; init; } = "";

    public ResponseHead Gzipped() =>
        this with { Coding = "Content-Encoding: gzip\r\n", Extra = "Vary: Accept-Encoding\r\n" + Extra };

    public string WithContentLength(int bytes) =>
        Text() + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}\r\n\r\n");

    public string Chunked() => Text() + "Transfer-Encoding: chunked\r\n\r\n";

    private string Text() =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Reason((HttpStatusCode)Status)}\r\n")
        + $"Audit-Id: {Guid.NewGuid()}\r\nCache-Control: no-cache, private\r\n{Coding}Content-Type: {ContentType}\r\n"
        + Extra
        + (Status == 403 ? "X-Content-Type-Options: nosniff\r\n" : "")
        + (!HasFlowSchema ? ""
            : IsForNode
                ? "X-Kubernetes-Pf-Flowschema-Uid: fdfeace5-f5ac-46d8-8fb5-f8abf9e875bf\r\n"
                  + "X-Kubernetes-Pf-Prioritylevel-Uid: 810e23dc-17e6-4596-8a6e-fda610352788\r\n"
                : "X-Kubernetes-Pf-Flowschema-Uid: f1203b86-2783-403a-b64c-9d733e125d67\r\n"
                  + "X-Kubernetes-Pf-Prioritylevel-Uid: 6b6924f1-531b-45ac-8482-6cd7f0d47ab0\r\n")
        + $"Date: {DateTimeOffset.UtcNow:R}\r\n";

    private static string Reason(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK => "OK",
        HttpStatusCode.BadRequest => "Bad Request",
        HttpStatusCode.NotFound => "Not Found",
        HttpStatusCode.NotAcceptable => "Not Acceptable",
        HttpStatusCode.UnprocessableEntity => "Unprocessable Entity",
        HttpStatusCode.TooManyRequests => "Too Many Requests",
        HttpStatusCode.InternalServerError => "Internal Server Error",
        HttpStatusCode.BadGateway => "Bad Gateway",
        HttpStatusCode.ServiceUnavailable => "Service Unavailable",
        HttpStatusCode.GatewayTimeout => "Gateway Timeout",
        _ => status.ToString(),
    };
}
