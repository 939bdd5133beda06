using System.Buffers.Binary;
using System.Text;
using FastProvider.Commands.Stats;

namespace FastProvider.Tests.Commands.Stats;

/// <summary>The journal's export format: written, and read by the simplest way that there is, with all bytes at hand.</summary>
internal static class Export
{
    private const int LongestKept = 256;

    private static readonly string[] Names = [.. Enum.GetValues<PullField>().Skip(1).Select(NameOf)];

    /// <summary>Every name that is looked for.</summary>
    public static IReadOnlyList<string> WantedNames => Names;

    /// <summary>What journald calls a field.</summary>
    public static string NameOf(PullField field) => field switch
    {
        PullField.Realtime => "__REALTIME_TIMESTAMP",
        PullField.UserId => "_UID",
        PullField.Identifier => "SYSLOG_IDENTIFIER",
        _ when field >= PullField.Request && field <= PullField.ApiWait => $"FAST_PROVIDER_{Snake(field)}_US",
        _ => $"FAST_PROVIDER_{Snake(field)}",
    };

    /// <summary>An entry of lines.</summary>
    public static string Entry(params (string Name, string Value)[] fields) =>
        string.Concat(fields.Select(f => $"{f.Name}={f.Value}\n")) + "\n";

    /// <summary>The entry of a pull a moment ago.</summary>
    public static string Pull(string outcome, params (string Name, string Value)[] more) =>
        PullAt(DateTime.UtcNow.AddMinutes(-1), outcome, more);

    /// <inheritdoc cref="Pull"/>
    public static string PullAt(DateTime utc, string outcome, params (string Name, string Value)[] more) => Entry([
        ("__REALTIME_TIMESTAMP", $"{MicrosecondsOf(utc)}"), ("_UID", "0"), ("SYSLOG_IDENTIFIER", "fast-provider"),
        ("FAST_PROVIDER_SCHEMA", "1"), ("FAST_PROVIDER_OUTCOME", outcome), .. more]);

    /// <summary>A moment as journald writes it.</summary>
    public static long MicrosecondsOf(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A field as journalctl prints one with a newline in it.</summary>
    public static byte[] Binary(string name, byte[] value)
    {
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)value.Length);
        return [.. Encoding.ASCII.GetBytes(name), (byte)'\n', .. length, .. value, (byte)'\n'];
    }

    /// <summary>All whole entries, as <see cref="Describe"/> has them; and whether it is no journal.</summary>
    public static (List<string> Entries, bool IsBroken) Read(byte[] bytes)
    {
        List<string> entries = [];
        Dictionary<string, byte[]> fields = [];
        var hasFields = false;
        for (var at = 0; ;)
        {
            var end = Array.FindIndex(bytes, at, b => b is (byte)'=' or (byte)'\n');
            var name = Encoding.Latin1.GetString(bytes[at..(end < 0 ? bytes.Length : end)]);
            if (name.Length > 64 || name.Any(c => c is not ((>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_'))
                || (name == "" && end >= 0 && bytes[end] == '='))
            {
                return (entries, true);
            }

            if (end < 0)
            {
                return (entries, false);
            }

            if (name == "")
            {
                if (hasFields)
                {
                    entries.Add(Describe(f =>
                        fields.GetValueOrDefault(NameOf(f), []) is var value && value.Length <= LongestKept ? value : []));
                }

                fields = [];
                hasFields = false;
                at = end + 1;
                continue;
            }

            hasFields = true;
            int start = end + 1, length;
            if (bytes[end] == '=')
            {
                length = Array.IndexOf(bytes, (byte)'\n', start) - start;
            }
            else
            {
                if (bytes.Length - start < sizeof(ulong))
                {
                    return (entries, false);
                }

                var declared = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(start));
                start += sizeof(ulong);
                length = declared < (ulong)(bytes.Length - start) ? (int)declared : -1;
                if (declared > 1 << 30 || (length >= 0 && bytes[start + length] != '\n'))
                {
                    return (entries, true);
                }
            }

            if (length < 0)
            {
                return (entries, false);
            }

            fields.TryAdd(name, bytes[start..(start + length)]);
            at = start + length + 1;
        }
    }

    /// <summary>The wanted fields of an entry in a line, their values in hexadecimal digits.</summary>
    public static string Describe(Func<PullField, byte[]> valueOf) =>
        string.Join(' ', Enum.GetValues<PullField>().Skip(1).Select(f => $"{f}={Convert.ToHexString(valueOf(f))}"));

    private static string Snake(PullField field) =>
        string.Concat($"{field}".Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
