using System.Net.Sockets;
using System.Text;
using FastProvider.Agent;
using FastProvider.Native;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>An agent that says of itself what a test wants: of another version, or much later than a test can wait.</summary>
internal sealed class ToldAgent : IDisposable
{
    private readonly Socket _listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <param name="path">Where it listens.</param>
    /// <param name="status">What it says.</param>
    public ToldAgent(string path, string status)
    {
        _listening.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listening.Listen();
        _ = AnswerAsync(status);
    }

    public void Dispose() => _listening.Dispose();

    private async Task AnswerAsync(string status)
    {
        while (true)
        {
            Socket asked;
            try
            {
                asked = await _listening.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (asked)
            {
                await asked.SendAsync(new[] { AgentMark.Begun, AgentMark.Reply });
                await asked.SendAsync(Frame(status));
                asked.Shutdown(SocketShutdown.Send);
                while (await asked.ReceiveAsync(new byte[1024]) > 0)
                {
                }
            }
        }
    }

    private static byte[] Frame(string status)
    {
        using var reply = new SecretBuffer();
        new AgentReply { ExitStatus = 0, Output = Encoding.UTF8.GetBytes(status), Line = default, Entry = default }.WriteTo(reply);
        return [.. BitConverter.GetBytes(reply.Length), .. reply.WrittenSpan];
    }
}
