using FastProvider.Node;

namespace FastProvider.Tests.Node;

/// <summary>
/// Where CRI-O finds root's logins (container-libs, image/pkg/docker/config, getAuthFilePaths), and the kubelet's file behind
/// them.
/// </summary>
public sealed class NodeAuthFilesTests
{
    private const string Passwd = "daemon:x:1:1::/d:/bin/sh\nroot:x:0:0:root:/home/of/root:/bin/bash\ntoor:x:0:0::/t:/bin/sh\n";

    [Theory]
    [InlineData("/flag.json", "/conf.json", "/flag.json")]
    [InlineData(null, "/conf.json", "/conf.json")]
    public void A_file_that_is_named_is_the_only_one(string? given, string? configured, string path)
    {
        using var node = new NodeTree();

        var file = Assert.Single(
            NodeAuthFiles.Find(
                given, configured, _ => throw new InvalidOperationException("CRI-O was looked for."), new NodeFiles(node.Root)));

        Assert.Equal((path, true, false), (file.Path, file.IsReadByCrio, file.IsLegacy));
    }

    [Theory]
    [InlineData(
        null, "", "/run/containers/0/auth.json /root/.config/containers/auth.json /root/.docker/config.json /root/.dockercfg")]
    [InlineData(
        Passwd, "",
        "/run/containers/0/auth.json /home/of/root/.config/containers/auth.json /home/of/root/.docker/config.json"
            + " /home/of/root/.dockercfg")]
    [InlineData(
        Passwd, "HOME=/h/", "/run/containers/0/auth.json /h/.config/containers/auth.json /h/.docker/config.json /h/.dockercfg")]
    [InlineData(
        null, "XDG_RUNTIME_DIR=/run/user/0 XDG_CONFIG_HOME=/xdg DOCKER_CONFIG=/docker",
        "/run/user/0/containers/auth.json /xdg/containers/auth.json /docker/config.json /root/.dockercfg")]
    [InlineData(
        "broken\n::\n", "HOME= XDG_RUNTIME_DIR=",
        "/run/containers/0/auth.json /root/.config/containers/auth.json /root/.docker/config.json /root/.dockercfg")]
    public void Without_one_they_are_roots_as_CRI_Os_environment_has_it(string? passwd, string environment, string expected)
    {
        using var node = new NodeTree();
        _ = passwd is null ? node : node.With("/etc/passwd", passwd);
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);

        foreach (var configured in (string?[])[null, ""])
        {
            var files = NodeAuthFiles.Find(null, configured, variables.GetValueOrDefault, new NodeFiles(node.Root));

            Assert.Equal([.. expected.Split(' '), "/var/lib/kubelet/config.json"], files.Select(file => file.Path));
            Assert.Equal([false, false, false, true, false], files.Select(file => file.IsLegacy));
            Assert.Equal([true, true, true, true, false], files.Select(file => file.IsReadByCrio));
        }
    }
}
