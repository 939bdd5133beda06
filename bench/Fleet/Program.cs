using FastProvider.Bench.Fleet;
using FastProvider.Bench.Scene;

if (args is not ([] or ["--out", _]))
{
    await Console.Error.WriteLineAsync("usage: fleet [--out DIRECTORY]  (default perf-baselines/results)");
    return 2;
}

var directory = args is [_, var given] ? given : Repository.Baselines("results");
var results = FleetResults.Simulate();
var table = Table.Write(results);
Directory.CreateDirectory(directory);
File.WriteAllText(Path.Join(directory, "fleet.md"), table);
File.WriteAllText(Path.Join(directory, "fleet.svg"), Picture.Draw(results.Scenes));
Console.WriteLine(table);
return 0;
