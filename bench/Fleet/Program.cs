using FastProvider.Bench.Fleet;

foreach (var scene in Scene.All)
foreach (var nodes in new[] { 1000, 10000 })
foreach (var c in Contender.All)
{
    var w = System.Diagnostics.Stopwatch.StartNew();
    var o = FleetRun.Of(scene, nodes, c);
    Console.WriteLine($"{scene.Name[..10]} {nodes,6} {c.Name,-20} wanted {o.Wanted,6} failed {o.Failed} fruns {o.FailedRuns,6} req {o.Requests,7} rej {o.Rejected,7} ab {o.Abandoned,5} hs {o.Handshakes,6} cpu {o.Cpu.TotalSeconds,6:F1} last {o.LastAt.TotalSeconds,7:F2} max {o.LongestWait.TotalSeconds,7:F3} p99 {o.P99Wait.TotalSeconds,7:F3} seats {o.SeatsOverLimit} [{w.Elapsed.TotalSeconds:F1}s]");
}
