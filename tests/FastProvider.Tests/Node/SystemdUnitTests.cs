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
    [InlineData("ExecStart=|/bin/a ${NONE}/x $${B} x$$", "/bin/a|/x|${B}|x$")]
    [InlineData("ExecStart=/bin/a %E/%p/%N.%n %S%%", "/bin/a|/etc/some/some.some.service|/var/lib%")]
    public void The_command_line_is_that_which_systemd_runs(string service, string arguments)
    {
        using var node = new NodeTree().With(Unit, $"[Unit]\nExecStart=/bin/no\n[Service]\n{service}\n");

        Assert.Equal(arguments, string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!.Arguments));
    }

    [Theory]
    [InlineData(
        "ExecStart=/bin/bash -c 'exec /usr/bin/kubelet --a=b --c $(cat /x) --d=$E'", "exec|/usr/bin/kubelet|--a=b|--c", true)]
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
            .With(
                Unit,
                "[Service]\nEnvironmentFile=-/etc/a\nEnvironmentFile=-/etc/none\nEnvironment=A=unit B=unit\n"
                    + "ExecStart=/bin/x $A $B $C\n")
            .With("/etc/a", "# comment\nA=\"file one\"\nC='c'\n\nbroken\n");

        Assert.Equal(
            "/bin/x|file|one|unit|c", string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!.Arguments));
    }

    /// <summary>systemd, src/basic/env-file.c.</summary>
    [Theory]
    [InlineData("A=\"--a \\\n--b\"\n", "--a|--b")]
    [InlineData("A=\"--a\n--b\"\n", "--a|--b")]
    [InlineData("A='--a\n--b'\nB=x\n", "--a|--b")]
    [InlineData("A=--a \\\n--b  \n", "--a|--b")]
    [InlineData("# c\r\nA=\"--a --b\"\r\nB=x\r\n", "--a|--b")]
    [InlineData("A=\"--a=\\\"x y\\\"\" --b\n", "--a=x y--b")]
    [InlineData("A=--a' 'b\n", "--a b")]
    [InlineData("A='--a ''--b'\n", "--a|--b")]
    [InlineData(" A = --a \n;A=x\n#A=y\nA\n=z\n", "--a")]
    [InlineData("export A=--a\n", "")]
    [InlineData("A=\"--a", "--a")]
    public void A_file_of_variables_is_read_as_systemd_reads_it(string file, string arguments)
    {
        using var node = new NodeTree()
            .With(Unit, "[Service]\nEnvironmentFile=/etc/a\nExecStart=/bin/x $A\n").With("/etc/a", file);

        Assert.Equal(arguments, string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!.Arguments[1..]));
    }

    [Fact]
    public void The_name_of_a_file_of_variables_may_have_specifiers_and_a_pattern()
    {
        using var node = new NodeTree()
            .With(
                Unit,
                "[Service]\nEnvironmentFile=-%E/default/%N\nEnvironmentFile=/etc/some.d/*.env\nEnvironmentFile=-/etc/none.d/*\n"
                    + "ExecStart=/bin/x $A $B $C $D\n")
            .With("/etc/default/some", "A=a\n").With("/etc/some.d/1.env", "B=x\n").With("/etc/some.d/2.env", "B=b\nC=c\n")
            .With("/etc/some.d/3.txt", "D=d\n").With("/etc/some.d/.4.env", "D=d\n");

        var unit = SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!;

        Assert.Equal("/bin/x|a|b|c", string.Join('|', unit.Arguments));
        Assert.Equal(["/etc/none.d/*"], unit.MissingFiles);
    }

    [Theory]
    [InlineData("ExecStart=/bin/x --a --host=%H --b", "/bin/x|--a|--b", "has specifiers")]
    [InlineData("Environment=A=%m\nExecStart=/bin/x --a=${A} --b", "/bin/x|--b", "has specifiers")]
    [InlineData("EnvironmentFile=/etc/%H\nExecStart=/bin/x --a", "/bin/x|--a", "whose name is not known")]
    [InlineData("ExecStart=/bin/sh -c 'exec /bin/x --a --host=%H --b'", "exec|/bin/x|--a|--b", "has specifiers")]
    [InlineData("PassEnvironment=A B\nExecStart=/bin/x --a $B", "/bin/x|--a", "takes B from systemd's own environment")]
    [InlineData("PassEnvironment=A B\nEnvironment=B=--b\nExecStart=/bin/x --a $B", "/bin/x|--a|--b", null)]
    public void What_is_known_only_when_the_service_starts_is_left_out_and_named(string service, string arguments, string? hiding)
    {
        using var node = new NodeTree().With(Unit, $"[Service]\n{service}\n");

        var unit = SystemdUnit.Find(new NodeFiles(node.Root), "some.service")!;

        Assert.Equal(arguments, string.Join('|', unit.Arguments));
        Assert.Equal(hiding is null, unit.Hiding is null);
        Assert.Contains(hiding ?? "", unit.Hiding ?? "");
    }

    /// <summary>
    /// systemd.unit(5): the units of a type have drop-ins together, and those whose names begin alike up to a dash.
    /// </summary>
    [Fact]
    public void Drop_ins_of_all_services_and_of_those_that_begin_alike_count()
    {
        using var node = new NodeTree()
            .With("/usr/lib/systemd/system/some-other.service", "[Service]\nExecStart=/bin/x $A $B $C\n")
            .With("/etc/systemd/system/service.d/10-a.conf", "[Service]\nEnvironment=A=all\n")
            .With("/etc/systemd/system/service.d/20-b.conf", "[Service]\nEnvironment=B=hidden\n")
            .With("/etc/systemd/system/some-.service.d/20-b.conf", "[Service]\nEnvironment=B=alike\n")
            .With("/usr/lib/systemd/system/some-other.service.d/20-b.conf", "[Service]\nEnvironment=B=vendor\n")
            .With("/etc/systemd/system/some-other.service.d/30-c.conf", "[Service]\nEnvironment=C=own\n");

        Assert.Equal(
            "/bin/x|all|alike|own",
            string.Join('|', SystemdUnit.Find(new NodeFiles(node.Root), "some-other.service")!.Arguments));
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
