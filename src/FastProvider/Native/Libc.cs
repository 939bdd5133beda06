using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
// Never from the folder of the binary: on a node that folder holds other vendors' plugins.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace FastProvider.Native;

/// <summary>
/// The calls of the C library that a pull makes itself. The .NET classes over them (Console, Socket, FileStream) each cost
/// more at start than the whole unmirrored pull, and none of them can open a file relative to a checked directory.
/// Names, constants and layouts are those of Linux on x86-64 and AArch64, see the man pages of section 2.
/// </summary>
internal static unsafe partial class Libc
{
    /// <summary>
    /// Another name of the same library, whose calls are looked up when they are made: the linker would bind them at every start,
    /// for what few runs do.
    /// </summary>
    private const string Lazily = "libc.so.6";

    [DllImport("libc")]
    private static extern int* __errno_location();

    /// <summary>The error number of the last call on this thread.</summary>
    public static Errno Errno => *(Errno*)__errno_location();

    /// <summary>The error number that a call has given back negated.</summary>
    public static Errno ErrorOf(int result) => (Errno)(-result);
}
