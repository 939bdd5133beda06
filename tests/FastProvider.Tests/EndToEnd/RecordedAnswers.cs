using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Answers of the test API server as bytes, to be compared with the recorded ones.</summary>
internal static partial class RecordedAnswers
{
    /// <summary>Sends raw bytes over TLS and closes the sending side; returns every byte of the answers.</summary>
    public static async Task<byte[]> AskAsync(KubeApiServer server, string requests, X509Certificate2? client = null)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Port);
        await using var tls = new SslStream(tcp.GetStream());
        var options = server.Certificates.ClientOptions("localhost");
        options.ClientCertificates = client is null ? null : [client];
        await tls.AuthenticateAsClientAsync(options);
        await tls.WriteAsync(Encoding.Latin1.GetBytes(requests));
        await tls.ShutdownAsync();
        using var answer = new MemoryStream();
        await tls.CopyToAsync(answer);
        return answer.ToArray();
    }

    /// <summary>An answer without what each has anew; the flow schemas of the recorded clusters by what they stand for.</summary>
    public static string Comparable(byte[] answer) => Known(string.Join('\n', Encoding.Latin1.GetString(answer).Split('\n')
        .Where(l => !l.StartsWith("Audit-Id:", StringComparison.Ordinal) && !l.StartsWith("Date:", StringComparison.Ordinal))));

    /// <summary>The same without what a server makes up for an object that it creates.</summary>
    public static string ComparableAsNew(byte[] answer) => Invented().Replace(Comparable(answer), "\"$1\":\"-\"");

    private static string Known(string answer) => answer
        .Replace("f1203b86-2783-403a-b64c-9d733e125d67", "service-accounts", StringComparison.Ordinal)
        .Replace("6b6924f1-531b-45ac-8482-6cd7f0d47ab0", "workload-low", StringComparison.Ordinal)
        .Replace("9ea6864c-87e8-4827-8ec3-e7735a4ac36a", "service-accounts", StringComparison.Ordinal)
        .Replace("2b4a7636-aaf6-4318-af60-a4f6a03de563", "workload-low", StringComparison.Ordinal)
        .Replace("fdfeace5-f5ac-46d8-8fb5-f8abf9e875bf", "system-nodes", StringComparison.Ordinal)
        .Replace("810e23dc-17e6-4596-8a6e-fda610352788", "system", StringComparison.Ordinal);

    // The uid of "regarding" was sent, and stands behind a name; that of metadata stands before a resourceVersion.
    [GeneratedRegex("\"(time|creationTimestamp|resourceVersion|uid)\":\"[^\"]+\"(?=[,}](?!\"apiVersion\":\"v1\"\\}))")]
    private static partial Regex Invented();
}
