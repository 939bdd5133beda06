using System.Diagnostics;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>The published binary under the name of an older version: an upgrade needs two.</summary>
internal static class OlderBinary
{
    public const string Version = "0.0.9";

    /// <summary>Writes it; all texts of the program that are its version say the other one.</summary>
    public static void WriteTo(string path)
    {
        Assert.Equal(BuildVersion.Value.Length, Version.Length);
        var program = File.ReadAllBytes(Plugin.Binary);
        var (ours, older) = (Encoding.Unicode.GetBytes(BuildVersion.Value), Encoding.Unicode.GetBytes(Version));
        var count = 0;
        for (var at = 0; program.AsSpan(at).IndexOf(ours) is var next and >= 0; at += next + ours.Length, count++)
        {
            older.CopyTo(program, at + next);
        }

        Assert.True(count > 0, "The program does not hold its version.");
        File.WriteAllBytes(path + ".bytes", program);
        File.SetUnixFileMode(path + ".bytes", (UnixFileMode)0b111_101_101);
        // By another process: one that some other test starts meanwhile would have this one's descriptor, and a file that is open
        // for writing cannot be run.
        using var copy = Process.Start("/bin/cp", ["--preserve=mode", path + ".bytes", path]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
        File.Delete(path + ".bytes");
    }
}
