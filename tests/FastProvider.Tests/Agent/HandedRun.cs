using System.Text;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Tests.Agent;

/// <summary>A run without its process: what the plugin says to an agent, as the plugin says it.</summary>
internal sealed record HandedRun(int ExitStatus, string Output, string Line)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(40);

    /// <summary>Hands a pull over, and confirms its answer.</summary>
    /// <param name="socket">Where the agent listens.</param>
    /// <param name="arguments">The command line of the run.</param>
    /// <param name="request">What the kubelet wrote.</param>
    public static HandedRun Of(string socket, string[] arguments, byte[] request)
    {
        var deadline = Deadline.After(Budget);
        Assert.Equal(AloneReason.None, AgentClient.Open(socket, out var client));
        using (client)
        {
            using SecretBuffer frame = new(), settings = new(), answer = new();
            AgentSettings.Write(arguments, settings);
            new RunRequest
            {
                BudgetLeft = Budget, ParentId = Environment.ProcessId, Settings = settings.WrittenSpan, Request = request,
            }.WriteTo(frame);
            // A machine under load: a test is no kubelet, which goes on alone after 50 ms.
            Assert.Equal(AloneReason.None, client!.Ask(frame, answer, deadline, TimeSpan.FromSeconds(20)));
            Assert.True(AgentReply.TryRead(answer.WrittenSpan, out var reply));
            client.Confirm(deadline);
            return new HandedRun(reply.ExitStatus, Encoding.UTF8.GetString(reply.Output), Encoding.UTF8.GetString(reply.Line));
        }
    }
}
