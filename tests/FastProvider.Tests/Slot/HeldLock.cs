using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastProvider.Tests.Slot;

/// <summary>The lock of a file as the plugin takes it, by flock(2): .NET's own locks are turned off in these tests.</summary>
internal sealed class HeldLock : IDisposable
{
    private const int Exclusive = 2, DoNotWait = 4, Release = 8;

    private readonly SafeFileHandle _file;

    private HeldLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes a lock that must be free.</summary>
    public static HeldLock Take(string path, FileMode mode = FileMode.Open)
    {
        var held = TryTake(path, mode);
        Assert.True(held is not null, $"Somebody else holds {path}.");
        return held;
    }

    /// <returns>Null if somebody else holds it.</returns>
    public static HeldLock? TryTake(string path, FileMode mode = FileMode.Open)
    {
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (flock(file, Exclusive | DoNotWait) == 0)
        {
            return new HeldLock(file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Lets go also where a process that was started meanwhile has the descriptor still.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            Assert.Equal(0, flock(_file, Release));
            _file.Dispose();
        }
    }

    [DllImport("libc")]
    private static extern int flock(SafeFileHandle file, int operation);
}
