using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Bench.Fleet.Plugin;
using FastProvider.Bench.Scene;
using FastProvider.Transport;

namespace FastProvider.Bench.Fleet.Tests;

/// <summary>The figures of the simulation are those that were measured, and those of the plugin.</summary>
public sealed class FigureTests
{
    /// <summary>CPU of the API server for whole pulls, in ms, as it was measured; the handshake was not measured alone.</summary>
    [Theory]
    [InlineData("Go provider", 2.3, 2.8)]
    [InlineData("annotation", 1.2, 2.0)]
    [InlineData("annotation, agent", 0.5, 0.8)]
    [InlineData("namespace, agent", 0.7, 1.5)]
    public void A_pull_costs_what_was_measured(string name, double leastMs, double mostMs)
    {
        var contender = Contender.All.Single(one => one.Name == name);
        var handshake = contender.HasAgent ? TimeSpan.Zero : Costs.HandshakeCpu;
        var requests = contender.Steps.SelectMany(step => step).Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Cpu);
        Assert.InRange((handshake + requests).TotalMilliseconds, leastMs, mostMs);
    }

    /// <summary>Two consistent LISTs, over a new connection and over a kept one.</summary>
    [Fact]
    public void Consistent_LISTs_cost_what_was_measured()
    {
        Assert.InRange((Costs.ConsistentListCpu * 2).TotalMilliseconds, 1.2, 1.3);
        Assert.InRange((Costs.HandshakeCpu + Costs.ConsistentListCpu * 2).TotalMilliseconds, 2.6, 2.9);
    }

    [Theory]
    [InlineData("Settings/Options.cs", @"TimeSpan Timeout .* = TimeSpan\.FromSeconds\((\d+)\)", nameof(Costs.PluginBudget))]
    [InlineData("Transport/ApiExchange.cs", @"serverBudget = _deadline\.Remaining / (\d+);", nameof(Costs.ServerBudgetPart))]
    [InlineData("Transport/ApiServerLinks.cs", @"LongestIdle = TimeSpan\.FromSeconds\((\d+)\)", nameof(Costs.KeptIdle))]
    [InlineData("Hosts/AgentState.cs", @"KeptLinks = (\d+)", nameof(Costs.KeptLinks))]
    public void What_is_said_of_the_plugin_is_in_its_sources(string file, string pattern, string figure)
    {
        var source = File.ReadAllText(Path.Join(Repository.Root, "src/FastProvider", file));
        var there = int.Parse(Regex.Match(source, pattern).Groups[1].Value, CultureInfo.InvariantCulture);
        var here = typeof(Costs).GetField(figure)!.GetValue(null);
        Assert.Equal(there, here is TimeSpan time ? (int)time.TotalSeconds : here);
    }

    /// <summary>It is the plugin's own code, on the clock of the simulation.</summary>
    [Fact]
    public void The_plugin_waits_as_it_was_told_and_not_beyond_its_budget()
    {
        var timeline = new Timeline(seed: 1);
        var budget = TimeSpan.FromSeconds(10);
        var rule = Retries.OfPlugin(budget, Patience.Workload);
        Assert.True(rule(TimeSpan.FromSeconds(3)) >= TimeSpan.FromSeconds(3));
        Assert.Null(rule(budget));
        timeline.At(budget - TimeSpan.FromSeconds(2), () => Assert.Null(rule(TimeSpan.FromSeconds(3))));
        timeline.Run();
    }
}
