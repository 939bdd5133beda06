using System;
using System.Globalization;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Commands.Doctor;

/// <summary>What a program of the node says to <c>--version</c>.</summary>
internal sealed class ProgramVersion
{
    private const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    private readonly int _major, _minor, _patch;

    private ProgramVersion(string text, int major, int minor, int patch)
    {
        Text = text;
        (_major, _minor, _patch) = (major, minor, patch);
    }

    /// <summary>As the program spells it.</summary>
    public string Text { get; }

    /// <summary>Asks the program that a service runs, or would run; null on another's node, and if it does not say.</summary>
    public static ProgramVersion? Of(DoctorRun run, NodeService service)
    {
        if (!run.IsThisNode || service.Executable is null)
        {
            return null;
        }

        // Of a binary that is several programs the name that it is called by decides which one answers.
        var words = service.Invocation is [_, .. var behind] ? behind : [];
        var program = new ChildProcess(service.Executable, [.. words, "--version"], Budget)
        {
            CalledBy = service.Invocation is [var name, ..] ? name : null,
        };
        _ = program.Read(MaxBytes, out var said);
        return Parse(Encoding.UTF8.GetString(said));
    }

    public bool IsBefore(int major, int minor, int patch = 0) => (_major, _minor, _patch).CompareTo((major, minor, patch)) < 0;

    public bool IsMinor(int major, int minor) => _major == major && _minor == minor;

    /// <summary>The first three numbers with points between, such as v1.36.2 or 1.35.0-dev.</summary>
    internal static ProgramVersion? Parse(string said)
    {
        foreach (var word in said.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.TrimStart('v').Split('.');
            if (parts.Length >= 3 && Number(parts[0], out var major) && Number(parts[1], out var minor)
                && Number(parts[2][..DigitsOf(parts[2])], out var patch))
            {
                return new ProgramVersion(word, major, minor, patch);
            }
        }

        return null;
    }

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int DigitsOf(string text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}
