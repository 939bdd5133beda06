using FastProvider.Bench.Fleet;

namespace FastProvider.Base;

/// <summary>In place of the plugin's own: a moment of the simulated time.</summary>
internal readonly struct Deadline(TimeSpan at)
{
    public TimeSpan Remaining => at > Timeline.Current.Now ? at - Timeline.Current.Now : TimeSpan.Zero;

    public bool IsOver => Remaining == TimeSpan.Zero;

    public static Deadline After(TimeSpan budget) => new(Timeline.Current.Now + budget);
}
