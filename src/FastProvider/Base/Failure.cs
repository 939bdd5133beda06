
namespace FastProvider.Base;

/// <summary>
/// Why a run could not do its job. <see cref="Message"/> is one line for the kubelet's log: what failed, where, and what to
/// do. It never holds a token, a password or an auth string: names and positions only.
/// </summary>
/// <remarks>A room whose callers decide by more than the cause has a failure of its own. No record: what the compiler makes for
/// one is linked, and costs at every start.</remarks>
internal class Failure(FailureCause cause, string message, int exitCode = Failure.PullFailed)
{
    /// <summary>The pull goes on without this provider; the kubelet logs the line and counts an error.</summary>
    public const int PullFailed = 1;

    /// <summary>The command line or the environment is wrong: the same for every pull until somebody mends it.</summary>
    public const int WrongUsage = 2;

    /// <summary>A failure of a command, of which no pull tells.</summary>
    public Failure(string message, int exitCode = PullFailed)
        : this(FailureCause.None, message, exitCode)
    {
    }

    /// <summary>The same as one word for machines.</summary>
    public FailureCause Cause => cause;

    public string Message => message;

    public int ExitCode => exitCode;

    /// <summary>What the pod's tenant should know of it, if it concerns the pod.</summary>
    public TenantNote? ForTenant { get; init; }
}
