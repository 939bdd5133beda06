using System;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Agent;

/// <summary>Asks an agent how it is. One of another version answers, too, and goes on.</summary>
internal static class StatusQuestion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks, and waits for a few seconds.</summary>
    /// <param name="socket">Where it listens.</param>
    /// <param name="answer">Takes its reply; <see cref="AgentReply.Output"/> is the text.</param>
    /// <returns>Why there is none.</returns>
    public static AloneReason Ask(string socket, SecretBuffer answer)
    {
        var reason = AgentClient.Open(socket, out var client);
        using (client)
        {
            using var frame = new SecretBuffer();
            _ = AgentStream.Begin(frame, AgentQuestion.Status);
            return client is null ? reason : client.Ask(frame, answer, Deadline.After(Patience), Patience);
        }
    }

    /// <summary>Why no agent answers, in words.</summary>
    public static string WhyNot(AloneReason reason) => reason switch
    {
        AloneReason.NoAgent => "nobody listens there",
        AloneReason.Full => "it has as many runs as it may have",
        AloneReason.OtherVersion => "it is of another version, and ends now",
        AloneReason.Socket => "the socket is another user's, or cannot be used",
        AloneReason.Silent => "it does not answer in time",
        _ => "it ended, or said what is no answer",
    };
}
