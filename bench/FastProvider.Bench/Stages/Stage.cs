using BenchmarkDotNet.Attributes;

namespace FastProvider.Bench.Stages;

/// <summary>
/// One stage of a pull, done by the plugin's code and as one would write it with libraries. Both are run once before anything is
/// measured and must come to the same answer.
/// </summary>
public abstract class Stage
{
    /// <summary>What one operation reads, for the throughput; 0 where bytes say nothing.</summary>
    public abstract int InputBytes { get; }

    [GlobalSetup]
    public void SetUp()
    {
        Prepare();
        Ours();
        Idiomatic();
        var (ours, idiomatic) = Answers();
        if (ours.Length == 0 || ours != idiomatic)
        {
            throw new InvalidOperationException(
                $"{GetType().Name}: the contenders give different answers, so their times cannot be compared");
        }
    }

    [GlobalCleanup]
    public virtual void CleanUp()
    {
    }

    /// <summary>The plugin's code.</summary>
    /// <returns>Something of the answer, so that no work can be left out.</returns>
    public abstract int Ours();

    /// <summary>The same with the usual libraries, without care for allocations but not clumsily.</summary>
    public abstract int Idiomatic();

    /// <summary>Makes the input.</summary>
    protected abstract void Prepare();

    /// <summary>The answers of the last runs, in one spelling.</summary>
    protected abstract (string Ours, string Idiomatic) Answers();
}
