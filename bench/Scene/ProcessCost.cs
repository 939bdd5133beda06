using System.Globalization;

namespace FastProvider.Bench.Scene;

/// <summary>What one run of a program cost, as the kernel counted it.</summary>
/// <param name="Status">The exit status; 128 and the signal's number if it was killed.</param>
/// <param name="WallNanoseconds">From before vfork until wait4 returned.</param>
/// <param name="UserMicroseconds">CPU time in the program.</param>
/// <param name="SystemMicroseconds">CPU time in the kernel.</param>
/// <param name="MinorFaults">Page faults without reading from a disk.</param>
/// <param name="MajorFaults">Page faults that read from a disk.</param>
/// <param name="MaxRssKib">The peak of memory in RAM.</param>
/// <param name="VoluntarySwitches">How often it waited.</param>
/// <param name="InvoluntarySwitches">How often it was pushed aside.</param>
public sealed record ProcessCost(
    int Status, long WallNanoseconds, long UserMicroseconds, long SystemMicroseconds, long MinorFaults, long MajorFaults,
    long MaxRssKib, long VoluntarySwitches, long InvoluntarySwitches)
{
    /// <summary>The names of the fields for a CSV file.</summary>
    public const string CsvHead =
        "status,wall_ns,user_us,system_us,minor_faults,major_faults,max_rss_kib,voluntary_switches,involuntary_switches";

    /// <summary>User and system together.</summary>
    public long CpuMicroseconds => UserMicroseconds + SystemMicroseconds;

    /// <summary>The fields of <see cref="CsvHead"/>.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{Status},{WallNanoseconds},{UserMicroseconds},{SystemMicroseconds},{MinorFaults},{MajorFaults},{MaxRssKib},"
            + $"{VoluntarySwitches},{InvoluntarySwitches}");

    /// <summary>
    /// Runs the command once by <c>measure.c</c>, with only a PATH in its environment and its output thrown away.
    /// </summary>
    /// <param name="command">What is run.</param>
    /// <param name="cpuMask">Bit n: it may run on CPU n.</param>
    /// <param name="mounts">Where it runs; null for this process's own mount namespace.</param>
    public static ProcessCost Measure(Command command, ulong cpuMask, MountNamespace? mounts = null)
    {
        string[] words =
        [
            Programs.Compiled("bench/Scene/measure.c"), cpuMask.ToString("x", CultureInfo.InvariantCulture),
            command.StandardInput, .. command.Words,
        ];
        var line = Programs.Output(mounts?.Words(words) ?? words);
        var fields = line.Split(' ');
        long Number(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
        return new ProcessCost(
            (int)Number(0), Number(1), Number(2), Number(3), Number(4), Number(5), Number(6), Number(7), Number(8));
    }
}
