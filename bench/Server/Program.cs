using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FastProvider.Tests.ApiServer;

// The API server of all measurements, in a process of its own: DIRECTORY is where it writes what a client needs, PORT may be 0,
// CPU is the one it stays on. With a TICK that is not 0, in ms, it answers as if its objects were written all the time: a
// consistent LIST waits for the next one. It serves until its standard input ends.
if (args is not [var directory, var portText, var cpuText, var tickText]
    || !int.TryParse(portText, CultureInfo.InvariantCulture, out var port)
    || !int.TryParse(cpuText, CultureInfo.InvariantCulture, out var cpu)
    || !int.TryParse(tickText, CultureInfo.InvariantCulture, out var tickMs))
{
    await Console.Error.WriteLineAsync("usage: FastProvider.Bench.Server DIRECTORY PORT CPU TICK");
    return 2;
}

// Threads that are made from here on stay there, too.
Process.GetCurrentProcess().ProcessorAffinity = 1 << cpu;
KubeApiServer server;
try
{
    server = await KubeApiServer.StartAsync(new KubeApiServerOptions { Port = port });
}
catch (Exception wrong) when (wrong is IOException or SocketException)
{
    await Console.Error.WriteLineAsync($"cannot listen on port {port}: {wrong.Message}");
    return 1;
}

await using var untilTheEnd = server;
// Rendered at the first request: from then on an answer costs its encryption and the copy to the socket.
var rendered = Respond.RenderedOnce();
server.Script.Always(tickMs > 0 ? Respond.UnderWrites(TimeSpan.FromMilliseconds(tickMs), rendered) : rendered);
foreach (var count in (int[])[0, 1, 3, 10, 1_000, 10_000])
{
    var @namespace = string.Create(CultureInfo.InvariantCulture, $"team-{count}");
    server.Cluster.Allow(@namespace, "default").SetSecrets(@namespace, new GeneratedSecrets(count, "mirror.example.com"));
    var token = server.Cluster.Tokens.Issue(@namespace, "default");
    // Taken as it is: no RSA in each answer, and none that runs out in the middle of a long measurement.
    server.Cluster.Tokens.Trusted[token] = new ServiceAccount(@namespace, "default");
    await File.WriteAllTextAsync(Path.Join(directory, $"token-{count}"), token);
}

server.WriteKubeconfig(directory);
server.WriteAuthority(directory);
await File.WriteAllTextAsync(Path.Join(directory, "url"), server.Url);
await Console.Out.WriteLineAsync("ready");
await Console.In.ReadToEndAsync();
return 0;
