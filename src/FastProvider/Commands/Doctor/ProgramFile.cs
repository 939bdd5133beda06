using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// Whether the kernel of a node can run a file, by what is in it (execve(2), elf(5)): a whole program for its processor whose
/// loader is there, or a script whose interpreter is. Nothing is run, so it holds for another node, too.
/// </summary>
internal static class ProgramFile
{
    private const int MaxBytes = 256 * 1024 * 1024, MaxScripts = 4, MaxFirstLineBytes = 256;
    private const int ElfHeadBytes = 64, SegmentBytes = 56;
    private const ushort Executable = 2, Shared = 3, X86 = 62, Arm = 183;

    /// <summary>What systemd gives its services if nobody says otherwise.</summary>
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static ReadOnlySpan<byte> ElfMark => "\u007fELF"u8;

    /// <summary>Why it cannot be run, in words that follow its path and a colon; null if nothing speaks against it.</summary>
    public static string? WhyNotRun(DoctorRun run, string path) => WhyNotRun(run, path, MaxScripts);

    public static bool IsScript(NodeFiles files, string path)
    {
        var fault = FileBytes.Read(files.Locate(path), MaxBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && bytes.Span.StartsWith("#!"u8);
        }
    }

    private static string? WhyNotRun(DoctorRun run, string path, int scriptsLeft)
    {
        var fault = FileBytes.Read(run.Files.Locate(path), MaxBytes, out var bytes);
        using (bytes)
        {
            var content = bytes.Span;
            return !fault.IsNone ? null // who may not read it may still run it
                : content.IsEmpty ? "it is empty"
                : content.StartsWith("#!"u8) ? OfScript(run, content, scriptsLeft)
                : content.StartsWith(ElfMark) ? OfElf(run, content)
                : "it is neither a program nor a script that begins with #! (exec format error)";
        }
    }

    /// <summary>The kernel takes the first line apart at its first blank; the rest is one argument.</summary>
    private static string? OfScript(DoctorRun run, ReadOnlySpan<byte> content, int scriptsLeft)
    {
        var line = content[2..Math.Min(content.Length, MaxFirstLineBytes)];
        line = line.IndexOf((byte)'\n') is >= 0 and var end ? line[..end] : line;
        if (line.EndsWith("\r"u8))
        {
            return "its lines end with CR LF, and the kernel takes the CR for a part of the interpreter's name;"
                + " write it with LF alone";
        }

        line = line.Trim(" \t"u8);
        var blank = line.IndexOfAny((byte)' ', (byte)'\t');
        var interpreter = Encoding.UTF8.GetString(blank < 0 ? line : line[..blank]);
        var argument = blank < 0 ? "" : Encoding.UTF8.GetString(line[blank..].Trim(" \t"u8));
        return interpreter.Length == 0 ? "its first line names no interpreter"
            : WhyNoFile(run, interpreter) is { } why ? $"it is a script, and its interpreter {interpreter} {why}"
            : scriptsLeft == 0 ? "its interpreter is a script whose interpreter is a script, and so on"
            : WhyNotRun(run, interpreter, scriptsLeft - 1) is { } broken
                ? $"its interpreter {interpreter} cannot be run: {broken}"
            : interpreter.EndsWith("/env", StringComparison.Ordinal) && argument.Length > 0
                && !argument.StartsWith('-') && !argument.Contains('=')
                && !IsInPath(run, argument.Split(' ', '\t')[0])
                    ? $"it is a script, and env finds no {argument.Split(' ', '\t')[0]} in PATH"
            : null;
    }

    private static bool IsInPath(DoctorRun run, string name)
    {
        foreach (var directory in (run.Variable("PATH") ?? DefaultPath).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (WhyNoFile(run, name.Contains('/') ? name : $"{directory}/{name}") is null)
            {
                return true;
            }
        }

        return false;
    }

    private static string? WhyNoFile(DoctorRun run, string path) =>
        run.Files.Status(path, out var status) != 0 ? "is not there"
        : status.Kind != Libc.S_IFREG ? "is no file"
        : !Ownership.Of(status, Ownership.Root).IsExecutable ? "is not executable"
        : null;

    private static string? OfElf(DoctorRun run, ReadOnlySpan<byte> content)
    {
        const byte bits64 = 2, littleEndian = 1;
        if (content.Length < ElfHeadBytes)
        {
            return "it is cut off within its head";
        }

        var machine = NodeMachine(run);
        if (content[4] != bits64 || content[5] != littleEndian)
        {
            return content[4] != bits64 ? "it is a program of 32 bits" : $"it is for another processor than {NameOf(machine)}";
        }

        var own = BinaryPrimitives.ReadUInt16LittleEndian(content[18..]);
        return own != machine ? $"it is for {NameOf(own)}, and this node is {NameOf(machine)}"
            : BinaryPrimitives.ReadUInt16LittleEndian(content[16..]) is not (Executable or Shared)
                ? "it is no program but another kind of ELF file"
            : OfSegments(run, content);
    }

    private static string? OfSegments(DoctorRun run, ReadOnlySpan<byte> content)
    {
        const uint load = 1, loader = 3;
        const string cut = "it is cut off: parts that its head names lie behind its end";
        var table = BinaryPrimitives.ReadUInt64LittleEndian(content[32..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(content[56..]);
        var sections = BinaryPrimitives.ReadUInt64LittleEndian(content[40..]);
        var sectionBytes = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(content[58..])
            * BinaryPrimitives.ReadUInt16LittleEndian(content[60..]);
        if (IsBehindEnd(content, table, (ulong)count * SegmentBytes) || IsBehindEnd(content, sections, sectionBytes))
        {
            return cut;
        }

        var isLoaded = false;
        for (var i = 0; i < count; i++)
        {
            var segment = content.Slice((int)table + (i * SegmentBytes), SegmentBytes);
            var type = BinaryPrimitives.ReadUInt32LittleEndian(segment);
            var start = BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(segment[32..]);
            if (type is not (load or loader))
            {
                continue;
            }

            if (IsBehindEnd(content, start, length))
            {
                return cut;
            }

            isLoaded |= type is load;
            if (type is loader && WhyNoFile(run, PathOf(content.Slice((int)start, (int)length))) is { } why)
            {
                return $"its loader {PathOf(content.Slice((int)start, (int)length))} {why},"
                    + " as where the C library is another one (musl)";
            }
        }

        return isLoaded ? null : "it has nothing to load";
    }

    private static string PathOf(ReadOnlySpan<byte> nulTerminated) => Encoding.UTF8.GetString(nulTerminated.TrimEnd((byte)0));

    private static bool IsBehindEnd(ReadOnlySpan<byte> content, ulong start, ulong length) =>
        length > (ulong)content.Length || start > (ulong)content.Length - length;

    /// <summary>The processor of the node: below another root that of its own programs, as far as they are there.</summary>
    private static ushort NodeMachine(DoctorRun run)
    {
        if (!run.IsThisNode)
        {
            foreach (var program in (ReadOnlySpan<string?>)[run.KubeletService?.Executable, run.CrioService?.Executable,
                "/usr/bin/crio",
                "/usr/bin/kubelet", "/usr/lib/systemd/systemd", "/sbin/init", "/bin/sh"])
            {
                if (program is not null && MachineOf(run.Files, program) is { } machine)
                {
                    return machine;
                }
            }
        }

        return RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? Arm : X86;
    }

    private static ushort? MachineOf(NodeFiles files, string program)
    {
        var fault = FileBytes.Read(files.Locate(program), MaxBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && bytes.Span.Length >= ElfHeadBytes && bytes.Span.StartsWith(ElfMark)
                ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[18..])
                : null;
        }
    }

    private static string NameOf(ushort machine) => machine switch
    {
        X86 => "x86-64",
        Arm => "AArch64",
        3 => "x86 of 32 bits",
        21 => "ppc64",
        22 => "s390x",
        40 => "ARM of 32 bits",
        243 => "RISC-V",
        _ => $"machine {machine} of elf(5)",
    };
}
