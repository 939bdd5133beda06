using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using FastProvider.Journal;

namespace FastProvider.Tests.Journal;

public sealed class JournalEntryTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fast-provider-journal-");

    private string SocketPath => Path.Combine(_directory.FullName, "socket");

    private byte[] SocketPathBytes => Encoding.UTF8.GetBytes(SocketPath);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void One_datagram_holds_the_fields_as_lines()
    {
        using var journal = Listen();
        using var entry = new JournalEntry(JournalPriority.Warning, stackalloc byte[64]);
        entry.Add("MESSAGE"u8, "Wrote auth file to /etc/crio/auth/x.json"u8);
        entry.Add("EMPTY"u8, ""u8);

        Assert.True(entry.Send(SocketPathBytes));

        Assert.Equal(
            "PRIORITY=4\nSYSLOG_IDENTIFIER=fast-provider\nMESSAGE=Wrote auth file to /etc/crio/auth/x.json\nEMPTY=\n",
            Encoding.UTF8.GetString(Receive(journal)));
    }

    [Fact]
    public void Any_values_arrive_as_they_were_whatever_the_scratch_buffer()
    {
        using var journal = Listen();
        var value = Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Const((byte)'\n').Array[0, 3]);
        Gen.Select(value.Array[0, 5], Gen.Int[0, 200]).Sample(
            (values, scratchBytes) =>
            {
                using var entry = new JournalEntry(JournalPriority.Information, new byte[scratchBytes]);
                foreach (var bytes in values)
                {
                    entry.Add("FIELD"u8, bytes);
                }

                Assert.True(entry.Send(SocketPathBytes));
                var fields = Parse(Receive(journal));
                Assert.Equal(2 + values.Length, fields.Count);
                Assert.Equal("6", Encoding.ASCII.GetString(fields[0].Value));
                for (var index = 0; index < values.Length; index++)
                {
                    Assert.Equal(
                        ("FIELD", Convert.ToHexString(values[index])),
                        (fields[index + 2].Name, Convert.ToHexString(fields[index + 2].Value)));
                }
            },
            threads: 1);
    }

    [Fact]
    public void Without_a_socket_or_a_listener_the_line_is_lost_and_nothing_else()
    {
        using var entry = new JournalEntry(JournalPriority.Error, []);
        Assert.False(entry.Send(SocketPathBytes));

        // A socket file whose owner died: the framework removes the name it bound, so it is given another first.
        using (Listen())
        {
            File.Move(SocketPath, SocketPath + "2");
        }

        File.Move(SocketPath + "2", SocketPath);
        Assert.True(File.Exists(SocketPath));
        Assert.False(entry.Send(SocketPathBytes));
        Assert.False(entry.Send([]));
        Assert.False(entry.Send(new byte[4096]));
    }

    [Fact]
    public async Task A_full_socket_loses_the_line_and_does_not_wait()
    {
        using var journal = Listen();
        var path = SocketPathBytes;

        // Nobody reads: were a send to wait for room, it would wait until the timeout, which only bounds a broken run.
        var filling = Task.Run(() =>
        {
            using var entry = new JournalEntry(JournalPriority.Information, []);
            var sent = 0;
            while (sent < 1_000_000 && entry.Send(path))
            {
                sent++;
            }

            return sent;
        });

        var sent = await filling.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(sent, 1, 999_999);

        for (var received = 0; received < sent; received++)
        {
            Receive(journal);
        }

        using var late = new JournalEntry(JournalPriority.Information, []);
        Assert.True(late.Send(path));
    }

    [Fact]
    public void A_datagram_that_the_kernel_does_not_take_is_lost()
    {
        using var journal = Listen();
        using var entry = new JournalEntry(JournalPriority.Information, []);
        entry.Add("MESSAGE"u8, new byte[8 * 1024 * 1024]);

        Assert.False(entry.Send(SocketPathBytes));
        Assert.Equal(0, journal.Available);
    }

    [Fact]
    public void No_descriptor_is_left_open()
    {
        using var journal = Listen();
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var index = 0; index < 200; index++)
        {
            using var entry = new JournalEntry(JournalPriority.Information, []);
            entry.Send(SocketPathBytes);
            entry.Send("/no/such/socket"u8);
        }

        // Other tests run beside this one; a leak would be 400.
        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 100);
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    private static byte[] Receive(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        return buffer[..socket.Receive(buffer)];
    }

    // An independent reader of the native protocol.
    private static List<(string Name, byte[] Value)> Parse(byte[] datagram)
    {
        var fields = new List<(string, byte[])>();
        var at = 0;
        while (at < datagram.Length)
        {
            var lineEnd = Array.IndexOf(datagram, (byte)'\n', at);
            var equals = Array.IndexOf(datagram, (byte)'=', at, lineEnd - at);
            var valueStart = equals < 0 ? lineEnd + 9 : equals + 1;
            var length = equals < 0
                ? (int)BinaryPrimitives.ReadUInt64LittleEndian(datagram.AsSpan(lineEnd + 1))
                : lineEnd - valueStart;
            fields.Add((
                Encoding.ASCII.GetString(datagram[at..(equals < 0 ? lineEnd : equals)]),
                datagram[valueStart..(valueStart + length)]));
            Assert.Equal((byte)'\n', datagram[valueStart + length]);
            at = valueStart + length + 1;
        }

        return fields;
    }
}
