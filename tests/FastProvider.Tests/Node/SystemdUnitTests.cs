using FastProvider.Node;

namespace FastProvider.Tests.Node;

/// <summary>Units as systemd puts them together, see systemd.unit(5), systemd.service(5) and systemd.exec(5).</summary>
public sealed class SystemdUnitTests
{
    private const string Unit = "/usr/lib/systemd/system/some.service";

    [Theory]
    [InlineData("ExecStart=/bin/a --b c", "/bin/a|--b|c")]
    [InlineData("ExecStart=-/bin/a \"b c\" 'd e' f\\ g", "/bin/a|b c|d e|f g")]
    [InlineData("ExecStart=/bin/a \\\n  --b \\\n  --c", "/bin/a|--b|--c")]
    [InlineData("ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b", "/bin/b")]
    [InlineData("Environment=A=1 \"B=2 3\"\nExecStart=/bin/a $A ${B} $B x${A}y $NONE", "/bin/a|1|2 3|2|3|x1y")]
    [InlineData("# ExecStart=/bin/x\n; ExecStart=/bin/y\nExecStart = /bin/a", "/bin/a")]
    [InlineData("ExecStart=/bin/a\n[Install]\nExecStart=/bin/b", "/bin/a")]
    [InlineData("ExecStartPre=/bin/x\nExecStart=/bin/a", "/bin/a")]
    [InlineData("ExecStart=/bin/a \\\n# it's a comment\n  --b", "/bin/a|--b")]
    [InlineData("", "")]
    public void The_command_line_is_that_which_systemd_runs(string service, string arguments)
    {
        using var node = new NodeTree().With(Unit, $"[Unit]\nExecStart=/bin/no\n[Service]\n{service}\n");

        Assert.Equal(arguments, string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!.Arguments));
    }

    [Theory]
    [InlineData("ExecStart=/bin/bash -c 'exec /usr/bin/kubelet --a=b --c $(cat /x) --d=$E'", "exec|/usr/bin/kubelet|--a=b|--c", true)]
    [InlineData("ExecStart=/bin/sh -ec \"/usr/bin/kubelet --a\"", "/usr/bin/kubelet|--a", true)]
    [InlineData("ExecStart=/bin/sh /opt/start.sh", "/bin/sh|/opt/start.sh", true)]
    [InlineData("ExecStart=/usr/bin/kubelet -c x", "/usr/bin/kubelet|-c|x", false)]
    public void What_a_shell_is_told_to_run_is_seen_as_far_as_no_shell_is_needed(string service, string arguments, bool isShell)
    {
        using var node = new NodeTree().With(Unit, $"[Service]\n{service}\n");

        var unit = SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!;

        Assert.Equal(arguments, string.Join('|', unit.Arguments));
        Assert.Equal(isShell, unit.IsShell);
    }

    [Fact]
    public void The_first_unit_counts_and_drop_ins_come_in_the_order_of_their_names()
    {
        using var node = new NodeTree()
            .With(Unit, "[Service]\nExecStart=/bin/vendor\n")
            .With("/etc/systemd/system/some.service", "[Service]\nEnvironment=A=unit\nExecStart=/bin/own $A $B\n")
            .With("/usr/lib/systemd/system/some.service.d/20-b.conf", "[Service]\nEnvironment=B=last\n")
            .With("/usr/lib/systemd/system/some.service.d/10-a.conf", "[Service]\nEnvironment=A=hidden\n")
            .With("/etc/systemd/system/some.service.d/10-a.conf", "[Service]\nEnvironment=A=drop-in B=first\n")
            .With("/etc/systemd/system/some.service.d/30.txt", "[Service]\nEnvironment=A=not-read\n");

        var unit = SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!;

        Assert.Equal("/bin/own|drop-in|last", string.Join('|', unit.Arguments));
        Assert.Equal("/etc/systemd/system/some.service", unit.Path);
    }

    [Fact]
    public void Environment_files_win_over_the_unit_and_may_be_missing()
    {
        using var node = new NodeTree()
            .With(Unit, "[Service]\nEnvironmentFile=-/etc/a\nEnvironmentFile=-/etc/none\nEnvironment=A=unit B=unit\nExecStart=/bin/x $A $B $C\n")
            .With("/etc/a", "# comment\nA=\"file one\"\nC='c'\n\nbroken\n");

        Assert.Equal("/bin/x|file|one|unit|c", string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!.Arguments));
    }

    [Fact]
    public void A_masked_unit_is_none()
    {
        using var node = new NodeTree().With(Unit, "[Service]\nExecStart=/bin/a\n").With("/etc/systemd/system/some.service", "");
        Assert.Null(SystemdUnit.Find(new NodeFiles(node.Root), "some.service"));
    }

    [Fact]
    public void A_node_without_the_unit_has_none()
    {
        using var node = new NodeTree();
        Assert.Null(SystemdUnit.Find(new NodeFiles(node.Root), "some.service"));
    }
}
