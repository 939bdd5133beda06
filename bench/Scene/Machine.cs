using System.Runtime.InteropServices;

namespace FastProvider.Bench.Scene;

/// <summary>What figures depend on beside our own code; stands beside every result.</summary>
/// <param name="Cpu">The processor's name and how many there are.</param>
/// <param name="Kernel">The release of the kernel, without its builder's suffix.</param>
/// <param name="Distribution">Such as "Debian GNU/Linux 12 (bookworm)".</param>
/// <param name="Sdk">The .NET SDK that built the binary.</param>
/// <param name="Runtime">The .NET runtime that the benchmarks ran on.</param>
/// <param name="OpenSsl">The libssl that is loaded.</param>
/// <param name="LibC">The GNU C library.</param>
public sealed record Machine(
    string Cpu, string Kernel, string Distribution, string Sdk, string Runtime, string OpenSsl, string LibC)
{
    /// <summary>This one.</summary>
    public static Machine Read() => new(
        $"{Field("/proc/cpuinfo", "model name")} x {Environment.ProcessorCount}",
        Programs.Output(["uname", "-r"]).Split('-')[0],
        RuntimeInformation.OSDescription,
        Programs.Output(["dotnet", "--version"]),
        RuntimeInformation.FrameworkDescription,
        OpenSslVersion(),
        Programs.Output(["getconf", "GNU_LIBC_VERSION"]));

    /// <summary>As lines of a Markdown list.</summary>
    public string ToMarkdown() => $"""
        - CPU: {Cpu}
        - System: {Distribution}, kernel {Kernel}, {LibC}, {OpenSsl}
        - .NET: SDK {Sdk}, {Runtime}
        """;

    /// <summary>What differs from <paramref name="other"/>, as words; empty if nothing does.</summary>
    public string DifferenceTo(Machine other)
    {
        (string Name, string Mine, string Theirs)[] all =
        [
            ("CPU", Cpu, other.Cpu), ("kernel", Kernel, other.Kernel), ("distribution", Distribution, other.Distribution),
            ("SDK", Sdk, other.Sdk), ("runtime", Runtime, other.Runtime), ("OpenSSL", OpenSsl, other.OpenSsl),
            ("libc", LibC, other.LibC),
        ];
        return string.Join("; ", all.Where(f => f.Mine != f.Theirs).Select(f => $"{f.Name}: {f.Mine}, baseline {f.Theirs}"));
    }

    private static string Field(string path, string name) => File.ReadLines(path)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault() ?? "unknown";

    // The library says it itself; the openssl program may be of another version or missing.
    private static string OpenSslVersion()
    {
        var library = NativeLibrary.Load("libcrypto.so.3");
        return Marshal.PtrToStringUTF8(VersionText(library))!;
    }

    private static unsafe nint VersionText(nint library) =>
        ((delegate* unmanaged<int, nint>)NativeLibrary.GetExport(library, "OpenSSL_version"))(0);
}
