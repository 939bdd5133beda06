using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>How a pull ended.</summary>
internal enum PullEnd
{
    /// <summary>The image is on the node.</summary>
    Pulled,

    /// <summary>There was no auth file: the private mirror asked for credentials, and nobody had any.</summary>
    NoFile,

    /// <summary>The file held none that the mirror takes.</summary>
    WrongFile,

    /// <summary>The registry failed when the file was taken already.</summary>
    RegistryFailed,

    /// <summary>CRI-O ended during the pull, or was not there.</summary>
    CrioGone,
}

/// <summary>
/// What CRI-O does with auth files: at the start of a pull it stats the file, makes <c>in-use/</c> (0700), renames the file into
/// it as <c>NAMESPACE-SHA-UUID.json</c>, reads it, and deletes it at the end. Without a file, or with another than the mirror's
/// credential, a pull from a private mirror fails.
/// </summary>
/// <param name="authDir">The auth directory.</param>
/// <param name="time">The time of the node; null where no pull is played.</param>
/// <param name="firstPullMs">How long the first pull with a file takes; null for as long as its pod says.</param>
internal sealed class Crio(string authDir, SimulatedTime? time = null, int? firstPullMs = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int RestartMs = 300;

    private int _life, _pullsBefore, _pullsEnded;
    private bool _isDown;

    private string InUse => Path.Combine(authDir, "in-use");

    /// <summary>Pulls with a file that have ended.</summary>
    public int PullsEnded => Volatile.Read(ref _pullsEnded);

    /// <summary>One pull as a pod wants it.</summary>
    public async Task<PullEnd> PullAsync(Pod pod, bool registryFails)
    {
        if (_isDown)
        {
            return PullEnd.CrioGone;
        }

        var life = _life;
        var taken = pod.NeedsFile ? TryTake(pod.Image) : null;
        var end = !pod.NeedsFile || IsRight(taken, pod.Image)
            ? PullEnd.Pulled
            : taken is null ? PullEnd.NoFile : PullEnd.WrongFile;
        if (end is PullEnd.Pulled)
        {
            var isFirst = pod.NeedsFile && Interlocked.Increment(ref _pullsBefore) == 1;
            await time!.DelayAsync(isFirst ? firstPullMs ?? pod.PullMs : pod.PullMs);
            end = registryFails ? PullEnd.RegistryFailed : end;
            Interlocked.Add(ref _pullsEnded, pod.NeedsFile ? 1 : 0);
        }

        if (life != _life)
        {
            return PullEnd.CrioGone; // what it had in use stays there
        }

        if (taken is not null)
        {
            File.Delete(taken);
        }

        return end;
    }

    /// <summary>CRI-O ends with all its pulls, and is there again after a moment.</summary>
    public async Task RestartAsync()
    {
        (_life, _isDown) = (_life + 1, true);
        await time!.DelayAsync(RestartMs);
        _isDown = false;
    }

    /// <summary>The start of a pull; returns where the file is then, or null if there was none.</summary>
    public string? TryTake(string image)
    {
        var file = EndToEnd.AuthFile.PathOf(authDir, PullScene.Namespace, image);
        if (!File.Exists(file))
        {
            return null;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file)}-{Guid.NewGuid()}.json");
        var taken = Path.Combine(Directory.CreateDirectory(InUse, OwnerOnly).FullName, name);
        try
        {
            File.Move(file, taken);
            return taken;
        }
        catch (FileNotFoundException)
        {
            return null; // another pull was faster between the two calls
        }
    }

    /// <summary>The mirror takes the credential of either ServiceAccount.</summary>
    private static bool IsRight(string? taken, string image) =>
        taken is not null
        && EndToEnd.AuthFile.Read(taken).Auths is { Count: 1 } auths
        && auths.TryGetValue("localhost:5000/mirror" + image["registry.invalid".Length..], out var entry)
        && Kubelet.Accounts.Any(account => (entry.User, entry.Password) == (account, Kubelet.PasswordOf(account)));
}
