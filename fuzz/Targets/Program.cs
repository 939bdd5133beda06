using FastProvider.Fuzz.Targets;

// Which input does what is decided by AFL; this program only knows the targets by name.
switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join('\n', FuzzTargets.All.Keys));
        return 0;
    case ["instrument", var assembly]:
        Instrumented.Rewrite(assembly);
        return 0;
    case ["fuzz", var name] when FuzzTargets.All.TryGetValue(name, out var target):
        Instrumented.Run(target);
        return 0;
    case ["once", var name, .. var files] when FuzzTargets.All.TryGetValue(name, out var target):
        foreach (var file in files)
        {
            target(GuardedInput.Lay(File.ReadAllBytes(file)));
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: list | instrument ASSEMBLY | fuzz TARGET | once TARGET FILE...");
        return 2;
}
