using System;

namespace FastProvider.Transport;

/// <summary>What one pull took of the API server.</summary>
/// <param name="bytesRead">Bytes of the answers' bodies, those of broken tries included.</param>
/// <param name="tries">1 and one more for each wait; 0 if it was not asked.</param>
/// <param name="waited">Between the tries.</param>
internal readonly struct ApiStatistics(long bytesRead, int tries, TimeSpan waited)
{
    public long BytesRead => bytesRead;

    public int Tries => tries;

    public TimeSpan Waited => waited;

    /// <summary>Of two exchanges, one after the other.</summary>
    public ApiStatistics And(in ApiStatistics other) =>
        new(BytesRead + other.BytesRead, Tries + Math.Max(0, other.Tries - 1), Waited + other.Waited);
}
