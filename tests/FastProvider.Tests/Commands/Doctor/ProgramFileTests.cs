using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>What the kernel of a node would not run is a problem, below --root as well; nothing is run to see it.</summary>
public sealed class ProgramFileTests : IDisposable
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private readonly DoctorNode _node = DoctorNode.Kubeadm();

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("exec /opt/fast-provider\n", "neither a program nor a script")]
    [InlineData("\u007fELF", "cut off within its head")]
    [InlineData("#!/bin/sh\r\nexec /opt/fast-provider\r\n", "CR LF")]
    [InlineData("#!/bin/sh -e\r\nexec /opt/fast-provider\r\n", "CR LF")]
    [InlineData("#!\nexec /opt/fast-provider\n", "names no interpreter")]
    [InlineData("#!/usr/bin/python3\n", "interpreter /usr/bin/python3 is not there")]
    [InlineData("#! /etc/crio -x\n", "interpreter /etc/crio is no file")]
    [InlineData("#!/etc/kubernetes/kubelet.conf\n", "interpreter /etc/kubernetes/kubelet.conf is not executable")]
    [InlineData("#!/usr/bin/env python3\n", "env finds no python3 in PATH")]
    [InlineData("#!/bin/empty\n", "interpreter /bin/empty cannot be run: it is empty")]
    public async Task A_file_that_cannot_be_run_is_a_problem(string content, string text)
    {
        Write("/usr/bin/env", File.ReadAllBytes(Plugin.Binary));
        Write("/bin/sh", File.ReadAllBytes(Plugin.Binary));
        Write("/bin/empty", []);
        Write(DoctorNode.Provider, System.Text.Encoding.Latin1.GetBytes(content));

        await IsProblemAsync(text);
    }

    [Theory]
    [InlineData("#!/bin/sh\nexec /opt/fast-provider \"$@\"\n")]
    [InlineData("#!/usr/bin/env sh\n")]
    public async Task A_script_that_can_be_run_is_unknown(string content)
    {
        Write("/usr/bin/env", File.ReadAllBytes(Plugin.Binary));
        Write("/bin/sh", File.ReadAllBytes(Plugin.Binary));
        Write(DoctorNode.Provider, System.Text.Encoding.Latin1.GetBytes(content));

        var findings = await _node.CheckAsync();

        findings.Has("provider-binary", "unknown", "is a script");
        Assert.Empty(findings.Of("problem"));
    }

    [Fact]
    public async Task A_program_of_another_processor_or_of_32_bits_is_a_problem()
    {
        var program = File.ReadAllBytes(Plugin.Binary);
        program[18] = program[18] == 0x3E ? (byte)0xB7 : (byte)0x3E;
        Write(DoctorNode.Provider, program);
        await IsProblemAsync("and this node is");

        program = File.ReadAllBytes(Plugin.Binary);
        program[4] = 1;
        Write(DoctorNode.Provider, program);
        await IsProblemAsync("32 bits");

        program = File.ReadAllBytes(Plugin.Binary);
        program[16] = 1;
        Write(DoctorNode.Provider, program);
        await IsProblemAsync("another kind of ELF file");
    }

    /// <summary>An image for other machines is looked at here: what counts are its own programs.</summary>
    [Fact]
    public async Task Below_a_root_the_nodes_own_programs_say_what_processor_it_has()
    {
        var program = File.ReadAllBytes(Plugin.Binary);
        program[18] = program[18] == 0x3E ? (byte)0xB7 : (byte)0x3E;
        Write("/usr/bin/kubelet", program);
        await IsProblemAsync("and this node is");

        Write(DoctorNode.Provider, program);
        (await _node.CheckAsync()).Has("provider-binary", "ok", "is a fast-provider");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.001)]
    [InlineData(1)]
    public async Task A_program_that_was_cut_off_is_a_problem(double part)
    {
        var program = File.ReadAllBytes(Plugin.Binary);
        Write(DoctorNode.Provider, program[..(int)Math.Min(program.Length - 1, program.Length * part)]);

        await IsProblemAsync("cut off");
    }

    [Fact]
    public async Task A_node_without_the_programs_loader_cannot_run_it()
    {
        Directory.Delete(_node.Root + "/lib64", recursive: true);
        Directory.Delete(_node.Root + "/lib", recursive: true);

        await IsProblemAsync("its loader /lib");
    }

    [Fact]
    public async Task A_directory_and_a_file_without_the_right_to_execute_are_problems()
    {
        File.SetUnixFileMode(_node.Root + DoctorNode.Provider, (UnixFileMode)0b110_100_100);
        await IsProblemAsync("not executable");

        File.Delete(_node.Root + DoctorNode.Provider);
        Directory.CreateDirectory(_node.Root + DoctorNode.Provider);
        await IsProblemAsync("it is no file");
    }

    public void Dispose() => _node.Dispose();

    private async Task IsProblemAsync(string text)
    {
        var findings = await _node.CheckAsync();
        findings.Has("provider-binary", "problem", text);
        Assert.Single(findings.Of("problem"));
    }

    private void Write(string path, byte[] content)
    {
        _node.With(path, "");
        File.WriteAllBytes(_node.Root + path, content);
        File.SetUnixFileMode(_node.Root + path, Executable);
    }
}
