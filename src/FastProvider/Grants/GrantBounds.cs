using System.Threading;

namespace FastProvider.Grants;

/// <summary>How much all grants together may take. Safe for several threads.</summary>
internal sealed class GrantBounds
{
    /// <summary>A node runs hundreds of pods, so thousands that wait for one pull each are a fault of something.</summary>
    public const int MaxGrants = 10_000;

    /// <summary>For contents; with all else the process stays below 64 MB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private int _grants, _bytes;

    public int Grants => Volatile.Read(ref _grants);

    public bool TryTakeGrant() => TryTake(ref _grants, 1, MaxGrants);

    public void GiveGrantBack() => Interlocked.Decrement(ref _grants);

    public bool TryTakeBytes(int count) => TryTake(ref _bytes, count, MaxBytes);

    public void GiveBytesBack(int count) => Interlocked.Add(ref _bytes, -count);

    private static bool TryTake(ref int taken, int count, int most)
    {
        if (Interlocked.Add(ref taken, count) <= most)
        {
            return true;
        }

        Interlocked.Add(ref taken, -count);
        return false;
    }
}
