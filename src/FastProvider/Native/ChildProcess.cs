using System;
using FastProvider.Base;

namespace FastProvider.Native;

/// <summary>
/// Runs another program of the node and reads what it prints, for the commands that people run. System.Diagnostics.Process would
/// do it, and be linked into every start.
/// </summary>
/// <param name="program">Its name, looked up in PATH, or its path.</param>
/// <param name="arguments">Without the name.</param>
/// <param name="budget">After this it is killed.</param>
internal sealed class ChildProcess(string program, string[] arguments, TimeSpan budget)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Takes a piece of output.</summary>
    /// <returns>False for enough: the program is ended.</returns>
    public delegate bool Taker(ReadOnlySpan<byte> piece);

    /// <summary>The name that the program sees as its own, if it is another than the one that it is started by.</summary>
    public string? CalledBy { get; init; }

    /// <summary>Whether its standard error is among its output; if not, it is thrown away.</summary>
    public bool WithErrors { get; init; }

    /// <summary>Runs the program to its end, without input.</summary>
    /// <param name="take">Takes its output piece by piece.</param>
    /// <returns>Null if it ended with status 0 or had said enough; else what happened.</returns>
    public ChildFault? Run(Taker take) =>
        Run(take, out var status) ?? (status == 0 ? null : new ChildFault($"ended with status {status}"));

    /// <summary>The same for a program whose status is not always a fault.</summary>
    /// <param name="take">Takes its output piece by piece.</param>
    /// <param name="status">With what it ended; 0 if it had said enough.</param>
    /// <returns>Null if it ended.</returns>
    public ChildFault? Run(Taker take, out int status)
    {
        status = 0;
        var errno = Libc.SpawnPiped(program, [CalledBy ?? program, .. arguments], WithErrors, out var pid, out var output);
        if (errno != 0)
        {
            return errno != Errno.ENOENT ? new ChildFault($"cannot be started: {errno.Words()}")
                : program.Contains('/')
                    ? new ChildFault("cannot be started: it or the loader that it names is not there (ENOENT)")
                : new ChildFault("is not installed") { IsNotInstalled = true };
        }

        var deadline = Deadline.After(budget);
        var piece = new byte[PieceBytes];
        var isLate = false;
        var isEnough = false;
        while (!isEnough)
        {
            isLate = !Libc.Wait(output, Libc.POLLIN, deadline.RemainingMs);
            var count = isLate ? 0 : Libc.Read(output, piece);
            if (count <= 0)
            {
                break;
            }

            isEnough = !take(piece.AsSpan(0, count));
        }

        Libc.Close(output);
        var ended = Libc.End(pid, isLate || isEnough);
        status = isEnough ? 0 : ended;
        return isLate ? new ChildFault($"did not end within {budget.TotalSeconds:0} s") : null;
    }

    /// <summary>Runs the program, with all output at once, of which there must not be more than a bound.</summary>
    public ChildFault? Read(int maxBytes, out byte[] output)
    {
        var bytes = new byte[PieceBytes];
        var length = 0;
        var fault = Run(piece =>
        {
            if (length + piece.Length > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(length + piece.Length, 2 * bytes.Length));
            }

            piece.CopyTo(bytes.AsSpan(length));
            length += piece.Length;
            return length <= maxBytes;
        });
        output = bytes[..Math.Min(length, maxBytes)];
        return fault ?? (length > maxBytes ? new ChildFault($"printed more than {maxBytes} bytes") : null);
    }
}

/// <summary>Why a program gave no answer.</summary>
internal sealed class ChildFault(string what)
{
    /// <summary>In words that follow the program's name.</summary>
    public string What => what;

    /// <summary>No program of that name is in PATH.</summary>
    public bool IsNotInstalled { get; init; }
}
