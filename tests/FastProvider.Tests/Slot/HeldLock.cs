using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastProvider.Tests.Slot;

/// <summary>A lock file that this process holds as another run of the plugin would, with flock(2).</summary>
internal sealed class HeldLock : IDisposable
{
    private const int LockExclusive = 2;

    private readonly SafeFileHandle _file;

    private HeldLock(SafeFileHandle file)
    {
        _file = file;
        if (Flock(file, LockExclusive) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Takes the lock of a file that is there.</summary>
    public static HeldLock Of(string path) => new(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite));

    /// <summary>Makes the file and takes its lock.</summary>
    public static HeldLock OfNew(string path) => new(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite));

    public void Dispose() => _file.Dispose();

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Flock(SafeFileHandle file, int operation);
}
