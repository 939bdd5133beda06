using FastProvider.Bench.Launcher;
using FastProvider.Bench.Scene;

try
{
    var options = LauncherOptions.Read(args);
    if (options.BusyTickMs > 0)
    {
        BusyServer.Measure(options);
        return 0;
    }

    using var node = new NodeScene(options.Port);
    using var nodes = Nodes.Make(options, node);
    var contenders = Contenders.All(node, options, nodes.All);
    FairStart.Check(node, contenders);
    var summaries = Summary.Of(contenders, Rounds.Run(node, contenders, options));
    var table = Table.Write(summaries, Machine.Read(), options, nodes.Said);
    Directory.CreateDirectory(options.Out);
    File.WriteAllText(Path.Join(options.Out, "processes.md"), table);
    File.WriteAllText(Path.Join(options.Out, "processes.csv"), RawSamples.Write(summaries));
    File.WriteAllText(Path.Join(options.Out, "processes.svg"), Picture.Draw(summaries));
    Console.WriteLine(table);
    return 0;
}
catch (SceneException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 1;
}
