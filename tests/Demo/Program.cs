using FastProvider.Demo;

// demo.sh gives the published binary; --keep leaves the sandbox up for runs by hand.
if (args is not [var binary, .. var rest] || rest is not ([] or ["--keep"]))
{
    await Console.Error.WriteLineAsync("usage: Demo BINARY [--keep]");
    return 2;
}

await using var sandbox = await Sandbox.StartAsync();
return rest.Length == 0 ? await Walkthrough.RunAsync(sandbox, binary) : await Keeper.RunAsync(sandbox, binary);
