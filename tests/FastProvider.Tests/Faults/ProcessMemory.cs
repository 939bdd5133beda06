using System.Globalization;
using System.Text;

namespace FastProvider.Tests.Faults;

/// <summary>All that a process may write to, as it was at one moment.</summary>
internal sealed class ProcessMemory
{
    private readonly byte[] _bytes;

    private ProcessMemory(byte[] bytes) => _bytes = bytes;

    public static ProcessMemory None { get; } = new([]);

    public static ProcessMemory Of(int id)
    {
        using var all = new MemoryStream();
        using var memory = File.OpenHandle($"/proc/{id}/mem");
        var regions = File.ReadLines($"/proc/{id}/maps").Select(line => line.Split(' ')).Where(words => words[1][..2] is "rw");
        foreach (var words in regions)
        {
            var ends = Array.ConvertAll(
                words[0].Split('-'), end => long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            var region = new byte[ends[1] - ends[0]];
            try
            {
                all.Write(region, 0, RandomAccess.Read(memory, region, ends[0]));
            }
            catch (IOException)
            {
                // Not a page of it is there.
            }
        }

        return new ProcessMemory(all.ToArray());
    }

    public bool Holds(string text) => _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
