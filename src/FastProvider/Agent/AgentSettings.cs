using System;
using System.Collections.Generic;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Agent;

/// <summary>
/// The settings of a run that was handed over: its command line and its environment, read as the run itself reads them.
/// </summary>
internal sealed class AgentSettings
{
    private readonly byte[] _bytes;
    private readonly Dictionary<string, string> _variables;

    private AgentSettings(byte[] bytes, Dictionary<string, string> variables, Options options)
    {
        _bytes = bytes;
        _variables = variables;
        Options = options;
        Variable = name => _variables.GetValueOrDefault(name);
    }

    public Options Options { get; }

    /// <summary>Looks a variable of the run's environment up.</summary>
    public Func<string, string?> Variable { get; }

    /// <summary>Whether these are the settings that such bytes give.</summary>
    public bool Are(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(_bytes);

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    /// <param name="arguments">The command line, without the program's name.</param>
    /// <param name="buffer">Takes it; a variable may hold a login.</param>
    public static void Write(ReadOnlySpan<string> arguments, SecretBuffer buffer)
    {
        var writer = new FrameWriter(buffer);
        writer.Number(arguments.Length);
        foreach (var argument in arguments)
        {
            writer.Text(argument);
        }

        foreach (var variable in Libc.Variables)
        {
            writer.Text(variable);
        }
    }

    /// <returns>Null if the bytes are not whole, or no run would go by such settings.</returns>
    public static AgentSettings? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new FrameReader(bytes);
        var arguments = new string[reader.Count()];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = reader.String();
        }

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Left > 0)
        {
            var variable = reader.String();
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables.TryAdd(variable[..equals], variable[(equals + 1)..]); // getenv(3) finds the first, too
            }
        }

        if (!reader.IsWhole)
        {
            return null;
        }

        var options = Options.Read(arguments, name => variables.GetValueOrDefault(name));
        return options.IsOk ? new AgentSettings(bytes.ToArray(), variables, options.Value) : null;
    }
}
