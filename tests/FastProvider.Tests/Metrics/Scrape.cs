using System.Net;
using System.Net.Sockets;
using System.Text;
using FastProvider.Tests.Agent;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Commands.Stats;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Metrics;

/// <summary>A client of an agent's metrics.</summary>
internal static class Scrape
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts an agent whose metrics can be had.</summary>
    public static NodeAgent Start(NodeSandbox node, out int port)
    {
        var chosen = port = HeldPort.Take(IPAddress.Loopback);
        var agent = NodeAgent.Start(node.LockDir, "--metrics-listen", $"127.0.0.1:{port}");
        Assert.True(SpinWait.SpinUntil(() => IsOpen(chosen), TimeSpan.FromSeconds(30)));
        return agent;
    }

    private static bool IsOpen(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The metrics, by their names.</summary>
    public static async Task<Dictionary<string, MetricsText.Metric>> MetricsAsync(int port) =>
        MetricsText.Parse(await TextAsync(port)).ToDictionary(metric => metric.Name);

    public static async Task<string> TextAsync(int port)
    {
        using var client = new HttpClient { Timeout = Patience };
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Connects, sends bytes as they are, and reads all that comes.</summary>
    public static async Task<string> RawAsync(int port, string request)
    {
        using var socket = await ConnectAsync(port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadAsync(socket);
    }

    public static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>Reads to the end; a connection that is cut off has ended, too.</summary>
    public static async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        using var late = new CancellationTokenSource(Patience);
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, late.Token)) > 0;)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // Reset.
        }

        return text.ToString();
    }
}
