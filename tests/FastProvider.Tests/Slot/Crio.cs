using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>
/// What CRI-O does with auth files: at the start of a pull it stats the file, makes <c>in-use/</c> (0700), renames the file into it
/// as <c>NAMESPACE-SHA-UUID.json</c>, and deletes it at the end. Without a file a pull from a private mirror fails.
/// </summary>
internal sealed class Crio(string authDir)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private int _pulls, _failed;

    public int Pulls => _pulls;

    public int FailedPulls => _failed;

    private string InUse => Path.Combine(authDir, "in-use");

    /// <summary>One pull of so many milliseconds.</summary>
    /// <returns>False if there was no file.</returns>
    public async Task<bool> PullAsync(string image, int durationMs)
    {
        Interlocked.Increment(ref _pulls);
        var taken = TryTake(image);
        if (taken is null)
        {
            Interlocked.Increment(ref _failed);
            return false;
        }

        await Task.Delay(durationMs);
        File.Delete(taken);
        return true;
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
}
