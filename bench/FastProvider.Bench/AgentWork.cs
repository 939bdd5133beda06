using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Bench.Scene;
using FastProvider.Native;

namespace FastProvider.Bench;

/// <summary>
/// How long runs wait for an agent beside others, and how much of it is the agent's own work: all but the phase in which it asks
/// the API server, by the entry that the agent makes for the journal. Processes of plugins are left out, as they would have the
/// machine to themselves on no node and would hide the agent here.
/// </summary>
internal sealed class AgentWork(NodeScene node, string plugin)
{
    private const int AtOnce = 8, Warmup = 50, Secrets = 3;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    private readonly List<double> _exchanges = [], _owns = [];

    /// <summary>Hands pulls over, eight at once.</summary>
    /// <param name="pulls">How many of each of the eight.</param>
    /// <returns>A page with the quantiles.</returns>
    /// <exception cref="SceneException">A pull failed.</exception>
    public string Run(int pulls)
    {
        using var agent = AgentProcess.Start(plugin, node.In("agent-work"));
        var command = node.Mirrored(plugin, Secrets);
        string[] arguments =
        [
            .. command.Words.Skip(1), "--agent", agent.Socket, "--lock-dir", Path.GetDirectoryName(agent.Socket)!,
        ];
        var request = File.ReadAllText(command.StandardInput);
        var threads = Enumerable.Range(0, AtOnce).Select(i => new Thread(() => Pull(
            agent.Socket, arguments,
            // Each has a slot of its own.
            Encoding.UTF8.GetBytes(request.Replace(
                RegistriesText.MirroredImage, $"{RegistriesText.MirroredImage}-{i}", StringComparison.Ordinal)),
            pulls))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (_owns.Count != AtOnce * pulls)
        {
            throw new SceneException("a pull by way of the agent failed");
        }

        return string.Create(CultureInfo.InvariantCulture, $"""
            # What runs wait for an agent

            {Machine.Read().ToMarkdown()}
            - {AtOnce * pulls:N0} pulls of three Secrets, handed over by eight threads at once, after {AtOnce * Warmup} that do not count;
              agent, clients and the API server (loopback, TLS 1.3) share the CPUs

            Made by `./bench.sh --agent`.

            | of pulls by way of the agent, eight at once | median | p90 | p99 |
            |---|--:|--:|--:|
            {Row("from the run's connection to its reply, ms", _exchanges)}
            {Row("of which the agent's own, without the time in which it asked the API server, ms", _owns)}

            """);
    }

    private static string Row(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        double At(double share) => milliseconds[(int)(share * (milliseconds.Count - 1))];
        return string.Create(CultureInfo.InvariantCulture, $"| {what} | {At(0.5):F2} | {At(0.9):F2} | {At(0.99):F2} |");
    }

    private void Pull(string socket, string[] arguments, byte[] request, int pulls)
    {
        for (var i = -Warmup; i < pulls; i++)
        {
            using SecretBuffer frame = new(), settings = new(), answer = new();
            AgentSettings.Write(arguments, settings);
            new RunRequest
            {
                BudgetLeft = Budget, ParentId = Environment.ProcessId, Settings = settings.WrittenSpan, Request = request,
            }.WriteTo(frame);
            var deadline = Deadline.After(Budget);
            var began = Stopwatch.GetTimestamp();
            if (AgentClient.Open(socket, out var client) is not AloneReason.None)
            {
                return;
            }

            using (client)
            {
                if (client!.Ask(frame, answer, deadline, Budget) is not AloneReason.None
                    || !AgentReply.TryRead(answer.WrittenSpan, out var reply) || reply.ExitStatus != 0)
                {
                    return;
                }

                var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                client.Confirm(deadline);
                var path = Encoding.UTF8.GetString(reply.Line).Split("Wrote auth file to ")[^1].Split(' ')[0];
                File.Delete(path); // as CRI-O takes it away
                if (i >= 0)
                {
                    lock (_owns)
                    {
                        _exchanges.Add(elapsed);
                        _owns.Add(elapsed - (Field(reply.Entry, "FAST_PROVIDER_SECRETS_US=") / 1000.0));
                    }
                }
            }
        }
    }

    private static long Field(ReadOnlySpan<byte> entry, string name)
    {
        var text = Encoding.UTF8.GetString(entry);
        var at = text.IndexOf(name, StringComparison.Ordinal);
        return at < 0
            ? throw new SceneException($"the entry has no {name}")
            : long.Parse(text[(at + name.Length)..].Split('\n')[0], CultureInfo.InvariantCulture);
    }
}
