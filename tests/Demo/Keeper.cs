namespace FastProvider.Demo;

/// <summary>Keeps the sandbox up and says how to run the plugin in it by hand.</summary>
internal static class Keeper
{
    public static async Task<int> RunAsync(Sandbox sandbox, string binary)
    {
        var run = $"{binary} {string.Join(' ', sandbox.Arguments)}";
        await File.WriteAllTextAsync(Path.Join(sandbox.Root, "token"), sandbox.Token);
        Console.WriteLine($"""
            The sandbox is up. In another terminal:

              {run} < {sandbox.UnmirroredRequest}
              {run} < {sandbox.MirroredRequest}

            The same LIST by hand:

              curl -s --cacert {sandbox.Authority} -H "Authorization: Bearer $(cat {sandbox.Root}/token)" \
                '{sandbox.ServerUrl}/api/v1/namespaces/{Sandbox.Namespace}/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson'

            End of input (Ctrl-D) takes it down.
            """);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
