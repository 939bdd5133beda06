using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FastProvider.Tests.EndToEnd;

/// <summary>getaddrinfo(3) takes no deadline, and a resolver whose server is gone waits for minutes.</summary>
public sealed class SilentResolverTests
{
    [Theory]
    [InlineData("--api-server")]
    [InlineData("proxy")]
    public async Task A_resolver_that_never_answers_costs_the_timeout_and_no_more(string name)
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await ChrootNode.CreateAsync();
        using var nameServer = BindNameServer(out var address);
        await File.WriteAllTextAsync(node.PathOf("/etc/resolv.conf"), $"nameserver {address}\noptions timeout:30 attempts:5\n");
        await File.WriteAllTextAsync(node.PathOf("/etc/nsswitch.conf"), "hosts: dns\n");
        await File.WriteAllTextAsync(node.PathOf("/etc/containers/registries.conf"),
            "[[registry]]\nlocation = \"registry.invalid\"\n[[registry.mirror]]\nlocation = \"localhost:5000/mirror\"\n");
        var kubeconfig = scene.Server.WriteKubeconfig(Path.GetDirectoryName(node.PathOf("/etc/kubernetes/kubelet.conf"))!);
        var byName = name == "proxy" ? "\n    proxy-url: http://absent.cluster.example:3128" : "";
        var text = (await File.ReadAllTextAsync(kubeconfig)).Replace(node.Root, "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(kubeconfig, text.Replace(
            $"server: {scene.Server.Url}",
            name == "proxy" ? $"server: {scene.Server.Url}{byName}" : "server: https://absent.cluster.example:6443",
            StringComparison.Ordinal));
        var earlier = AuthFile.PathOf(node.PathOf("/etc/crio/auth"), PullScene.Namespace, PullScene.Image);
        Directory.CreateDirectory(
            Path.GetDirectoryName(earlier)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(earlier, "{}");

        // Plugin.RunAsync fails a run that does not end by itself; the resolver would wait for five minutes.
        var line = (await node.RunAsync(
            new KubeletRequest(PullScene.Image, scene.Token), "--timeout", "3s", "--slot-wait", "1s")).Fails();

        Assert.Contains("cannot resolve absent.cluster.example", line, StringComparison.Ordinal);
        Assert.Contains("resolver", line, StringComparison.Ordinal);
        Assert.False(File.Exists(earlier), "The file of an earlier run is still there.");
        Assert.True(nameServer.Available > 0, "Nobody asked the name server, so nothing was tested.");
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    /// <summary>A loopback address of its own, as the port is not ours to choose.</summary>
    private static UdpClient BindNameServer(out IPAddress address)
    {
        for (var attempt = 1; ; attempt++)
        {
            address = new IPAddress(
                [127, (byte)RandomNumberGenerator.GetInt32(1, 255), (byte)RandomNumberGenerator.GetInt32(255), 53]);
            try
            {
                return new UdpClient(new IPEndPoint(address, 53));
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < 20)
            {
                // Another run of this test has drawn the same address.
            }
        }
    }
}
