using System.Text;
using CsCheck;
using FastProvider.Commands.Stats;
using FastProvider.Journal;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Journal;

namespace FastProvider.Tests.Commands.Stats;

public sealed class JournalExportReaderTests
{
    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.OneOf([.. Export.WantedNames]),
        Gen.OneOf("MESSAGE", "FAST_PROVIDER_IMAGE", "FAST_PROVIDER_TOTAL_U", "X", new string('N', 64)));

    private static readonly Gen<byte[]> Value = Gen.OneOf(
        Gen.OneOf("", "0", "1", "fast-provider", "written").Select(Encoding.ASCII.GetBytes),
        Gen.Byte.Array[0, 20],
        Gen.Int[254, 258].Select(n => new byte[n]),
        Gen.Int[60_000, 70_000].Select(n => new byte[n]));

    private static readonly Gen<byte[]> Field = Gen.Select(Name, Value, Gen.Bool, (name, value, isBinary) =>
        isBinary || value.Contains((byte)'\n') ? Export.Binary(name, value)
        : [.. Encoding.ASCII.GetBytes(name + "="), .. value, (byte)'\n']);

    private static readonly Gen<byte[]> Journal = Gen.Select(
        Field.Array[0, 8].Select(fields => (byte[])[.. fields.SelectMany(f => f), (byte)'\n']).Array[0, 5], Gen.Int[0, 20],
        (entries, cut) =>
        {
            var bytes = entries.SelectMany(e => e).ToArray();
            return cut < 10 ? bytes[..(bytes.Length * cut / 10)] : bytes;
        });

    [Fact]
    public void However_the_bytes_come_the_entries_are_those_of_the_simplest_reader() =>
        Gen.Select(Journal, Gen.Int[1, 300].Array[0, 20]).Sample((bytes, pieces) => AssertAsNaive(bytes, pieces));

    /// <summary>The same of what is no journal: a byte is changed, or all are anything.</summary>
    [Fact]
    public void However_any_bytes_come_they_are_read_or_refused_alike() =>
        Gen.Select(
            Gen.OneOf(
                Gen.Select(Journal, Gen.Int[0, 1000], Gen.Byte, (bytes, at, changed) =>
                    bytes.Select((b, i) => i == at % bytes.Length ? changed : b).ToArray()),
                Gen.OneOf((byte)'A', (byte)'_', (byte)'=', (byte)'\n', (byte)0, (byte)1).Array[0, 60]),
            Gen.Int[1, 30].Array[0, 20])
        .Sample((bytes, pieces) => AssertAsNaive(bytes, pieces));

    [Fact]
    public void One_byte_at_a_time_is_enough() =>
        Journal.Sample(bytes => AssertAsNaive(bytes[..Math.Min(bytes.Length, 5000)], [.. Enumerable.Repeat(1, 5000)]), iter: 30);

    [Theory]
    [InlineData("A=1\n\n", 1, false)]
    [InlineData("A=1\n\nB=2\n\n", 2, false)]
    [InlineData("\n\nA=1\n\n\n\n", 1, false)]
    [InlineData("A=1\n", 0, true)]
    [InlineData("A=1", 0, true)]
    [InlineData("A", 0, true)]
    [InlineData("A=1\n\nB=2\n", 1, true)]
    [InlineData("A=1\n\nB\n\u0001\0\0\0", 1, true)]
    [InlineData("", 0, false)]
    public void An_entry_without_its_end_is_not_given_out(string text, int entries, bool isInEntry)
    {
        var reader = new JournalExportReader();
        Assert.Equal(entries, ReadAll(reader, Encoding.Latin1.GetBytes(text), []).Count);
        Assert.Equal((isInEntry, false), (reader.IsInEntry, reader.IsBroken));
    }

    [Theory]
    [InlineData("{\"__REALTIME_TIMESTAMP\":\"1\"}\n")]
    [InlineData("Nov 28 09:00:00 node1 fast-provider[1]: Wrote auth file\n")]
    [InlineData("=1\n\n")]
    [InlineData("A\n\0\0\0\0\0\0\0\u0001")]
    [InlineData("A\n\u0001\0\0\0\0\0\0\0xy")]
    public void What_is_no_journal_is_said(string text)
    {
        var reader = new JournalExportReader();
        Assert.Empty(ReadAll(reader, Encoding.Latin1.GetBytes(text), []));
        Assert.True(reader.IsBroken);
    }

    /// <summary>journalctl prints the same entries in two formats; one is read by the framework.</summary>
    [Fact]
    public async Task What_a_real_journald_kept_is_read()
    {
        await using var journald = await Journald.StartAsync();
        await using var scene = await PullScene.StartAsync();
        (await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token))).Answers();
        journald.Send((ref JournalEntry entry) =>
        {
            entry.Add("MESSAGE"u8, "more\nthan one line\n"u8);
            entry.Add("FAST_PROVIDER_NAMESPACE"u8, "line\nbreak"u8);
            entry.Add("FAST_PROVIDER_NAMESPACE"u8, "second"u8);
        });
        (await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, Token: null))).Answers();

        var entries = await journald.EntriesAsync("SYSLOG_IDENTIFIER=fast-provider");
        var expected = entries.ConvertAll(fields => Export.Describe(
            f => Encoding.UTF8.GetBytes(fields.GetValueOrDefault(Export.NameOf(f), [""])[0])));
        var bytes = await journald.ExportAsync("SYSLOG_IDENTIFIER=fast-provider");

        Assert.Equal(3, expected.Count);
        Assert.Equal(expected, ReadAll(new JournalExportReader(), bytes, []));
        Assert.Equal(expected, ReadAll(new JournalExportReader(), bytes, [.. Enumerable.Repeat(7, bytes.Length / 7)]));
    }

    private static void AssertAsNaive(byte[] bytes, int[] pieces)
    {
        var expected = Export.Read(bytes);
        var reader = new JournalExportReader();
        Assert.Equal(expected.Entries, ReadAll(reader, bytes, pieces));
        Assert.Equal(expected.IsBroken, reader.IsBroken);
    }

    private static List<string> ReadAll(JournalExportReader reader, byte[] bytes, int[] pieces)
    {
        List<string> entries = [];
        var at = 0;
        foreach (var length in pieces.Append(bytes.Length))
        {
            var end = Math.Min(at + length, bytes.Length);
            var piece = bytes.AsSpan()[at..end];
            ReadOnlySpan<byte> rest = piece;
            while (reader.ReadEntry(ref rest))
            {
                entries.Add(Export.Describe(f => reader[f].ToArray()));
            }

            Assert.True(rest.IsEmpty || reader.IsBroken);
            at = end;
        }

        return entries;
    }
}
