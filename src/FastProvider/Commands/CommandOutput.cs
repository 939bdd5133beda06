using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands;

/// <summary>
/// What a command prints for a person, line by line. Names in it come from Secrets, tokens and images that tenants write, so no
/// line holds a control character (<see cref="SafeText"/>).
/// </summary>
internal sealed class CommandOutput
{
    private readonly SafeText _text = new();

    /// <summary>Adds a line.</summary>
    public CommandOutput Line(string text = "")
    {
        _text.Append(text).EndLine();
        return this;
    }

    /// <summary>Prints all lines.</summary>
    /// <returns>An exit status: 0, or that it could not be printed.</returns>
    public int Send(int status = 0) => Send(_text.Bytes, status);

    /// <summary>Prints a text of our own as it stands.</summary>
    public static int Print(string text) => Send(Encoding.UTF8.GetBytes(text), 0);

    /// <summary>Prints bytes as they stand. Who reads them may take its time: a person, a pager.</summary>
    public static int Send(ReadOnlySpan<byte> bytes, int status)
    {
        var errno = Libc.WriteAll(StandardStreams.Output, bytes);
        return errno == 0 ? status : Fail(new Failure($"cannot write to standard output: {errno.Words()}"));
    }

    /// <summary>Says on standard error what failed.</summary>
    /// <returns>The exit status.</returns>
    public static int Fail(Failure failure)
    {
        _ = Libc.WriteAll(StandardStreams.Error, new SafeText().Append(failure.Message).WithNewLine());
        return failure.ExitCode;
    }
}
