using System;
using FastProvider.Base;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>What each host does at the end of a pull that it carried out: how it failed, what is said of it.</summary>
internal static class PullEnd
{
    private const long NeededMb = 64;

    /// <summary>What an exception means for a pull.</summary>
    public static Failure FailureOf(Exception exception) => exception is OutOfMemoryException
        ? new Failure(FailureCause.OutOfMemory, "this run could not have the memory that it needs")
        // No input should come here. If one does, the kubelet's log gets a line like any other; the exception's own words
        // may repeat input, so they are left out.
        : new Failure(FailureCause.Defect,
            $"fast-provider has a defect ({exception.GetType().Name}): please report it with the image and registries.conf");

    /// <summary>Takes back what the pull did, and makes its record.</summary>
    public static PullRecord Fail(Pull pull, Failure failure)
    {
        try
        {
            pull.Undo();
        }
        catch (Exception)
        {
            // Why the pull failed matters more than why its slot could not be emptied.
        }

        return pull.End(WithMemoryLimit(failure));
    }

    /// <summary>What is said of the pull; null where the log level wants nothing of it.</summary>
    public static SafeText? LineOf(PullRecord record, Options options) =>
        options.LogLevel >= PullLine.LevelOf(record) ? PullLine.Of(record, options.LogLevel) : null;

    /// <summary>Fills the entry of the journal.</summary>
    public static void Describe(ref JournalEntry entry, PullRecord record, SafeText line, PullHost host)
    {
        JournalFields.AddTo(ref entry, record, line);
        host.AddTo(ref entry);
    }

    /// <summary>
    /// Under a limit of memory anything may fail for it, a library that is not loaded, say: then the limit is named, too.
    /// </summary>
    private static Failure WithMemoryLimit(Failure failure) =>
        Libc.MemoryLimitBytes() is var bytes && bytes < NeededMb << 20
            ? new Failure(
                failure.Cause,
                $"{failure.Message}; it may be for want of memory: a run of fast-provider may need {NeededMb} MB,"
                + " and RLIMIT_DATA or RLIMIT_AS"
                + $" of the kubelet gives it {bytes >> 10} kB", failure.ExitCode)
            {
                ForTenant = failure.ForTenant,
            }
            : failure;
}
