using System.Text;
using CsCheck;

namespace FastProvider.Generators.Tests;

/// <summary>Compiles and runs emitted readers.</summary>
public sealed class ReaderRunTests
{
    private static readonly Func<byte[], string> Whole = GeneratorRun.Of(Samples.Whole).Load().GetType("Sample.Document")!
        .GetMethod("Read")!.CreateDelegate<Func<byte[], string>>();

    private static readonly Type List = GeneratorRun.Of(Samples.Resumable).Load().GetType("Sample.List")!;

    private delegate bool ReadPiece(ReadOnlySpan<byte> piece, bool isLast);

    [Theory]
    [InlineData("{}", "/ 0 Unknown  0/0 ")]
    [InlineData(
        """{"kubernetes.io":{"namespace":"n","pod":{"name":"p","uid":"u"}},"exp":5,"size":"large","owner":"o"}""",
        "n/p 5 Large o 0/0 ")]
    [InlineData("""{"kub\u0065rnetes.io":{"n\u0061mespace":"\u006e"},"\u0065xp":5}""", "n/ 5 Unknown  0/0 ")]
    [InlineData("""{"exp":1.9,"exp":2.9,"size":"s\u006dall"}""", "/ 2 Small  0/0 ")]
    [InlineData("""{"size":"huge","size":"small","size":"sMall"}""", "/ 0 Unknown  0/0 ")]
    [InlineData("""{"kubernetes.io":{"namespace":"n","pod":{"name":"p"}},"kubernetes.io":{"pod":{}}}""", "/ 0 Unknown  0/0 ")]
    [InlineData("""{"kubernetes.io":{"namespace":null},"owner":null,"size":null}""", "/ 0 Unknown  0/0 ")]
    [InlineData(
        """{"items":[{},{"taken":[1,{"taken":2}]},{"x":{"taken":1},"taken":null}],"labels":{"a":1,"b":[2],"c":{"d":3}}}""",
        "/ 0 Unknown  3/2 a=Number,b=StartArray,c=StartObject")]
    [InlineData(
        """{"other":{"exp":1,"kubernetes.io":{"namespace":"x"}},"list":[{"exp":2}],"Exp":3,"ex":4,"exp ":5}""",
        "/ 0 Unknown  0/0 ")]
    [InlineData("""{"kubernetes.io":null}""", "wrong type")]
    [InlineData("""{"kubernetes.io":["namespace"]}""", "wrong type")]
    [InlineData("""{"kubernetes.io":{"namespace":5}}""", "wrong type")]
    [InlineData("""{"exp":"5"}""", "wrong type")]
    [InlineData("""{"size":1}""", "wrong type")]
    [InlineData("""{"owner":[]}""", "wrong type")]
    [InlineData("""{"items":[1]}""", "wrong type")]
    [InlineData("""{"items":{}}""", "wrong type")]
    [InlineData("""{"\ud800":1}""", "wrong type")]
    [InlineData("""{"exp":1""", "no JSON")]
    [InlineData("", "no JSON")]
    [InlineData("""{"exp":1}}""", "more than an object")]
    [InlineData("""{"exp":1} {}""", "more than an object")]
    [InlineData("""{"exp":1} """, "/ 1 Unknown  0/0 ")]
    [InlineData("""[{"exp":1}]""", "no object")]
    [InlineData("null", "no object")]
    public void A_whole_document_is_read(string json, string expected) =>
        Assert.Equal(expected, Whole(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_lenient_reader_passes_over_broken_names_and_null_objects_and_takes_names_in_any_case()
    {
        var read = GeneratorRun.Of(Samples.Whole.Replace(
            "[JsonReader]", "[JsonReader(Lenient = true)]", StringComparison.Ordinal)).Load()
            .GetType("Sample.Document")!.GetMethod("Read")!.CreateDelegate<Func<byte[], string>>();
        Assert.Equal("/ 5 Unknown  0/0 ", read("""{"\ud800":1,"kubernetes.io":null,"exp\udc00":2,"exp":5}"""u8.ToArray()));
        Assert.Equal("/ 5 Unknown  0/0 ", read("""{"EXP":4,"\u0045xp":5}"""u8.ToArray()));
        Assert.Equal("wrong type", read("""{"kubernetes.io":[]}"""u8.ToArray()));
    }

    [Theory]
    [InlineData("{}", " 0 0 False")]
    [InlineData("""{"x":{"size":2},"Of":{"y":[{}],"n\u0061me":"a\u0062"},"size":1.9,"labels":{"a":{"b":1},"c":2}}""", "ab 1 2 False")]
    [InlineData("""{"of":null,"\ud800":[1,"size"],"labels":null}""", " 0 0 False")]
    public void A_document_of_which_little_is_wanted_is_read(string json, string expected)
    {
        var read = GeneratorRun.Of(Samples.MostlyUnwanted).Load().GetType("Sample.Found")!
            .GetMethod("Read")!.CreateDelegate<Func<byte[], string>>();
        Assert.Equal(expected, read(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"kind":"List","items":[]}""", "whole ")]
    [InlineData(
        """{"items":[{"metadata":{"name":"a","generation":7},"size":"small"},{}],"kind":"List"}""",
        "whole a:7:Small;:0:Unknown;")]
    [InlineData(
        """{"items":[{"metadata":{"name":"a","generation":7,"managedFields":[{"name":{"name":"x"}}]},"size":"large"}]}""",
        "whole a:7:Large;")]
    [InlineData(
        """{"items":[{"metadata":{"x":{"name":"y"},"generation":7,"name":"a","z":1},"metadatb":{"name":"z"},"size":"large"}]}""",
        "whole a:7:Large;")]
    [InlineData("""{"it\u0065ms":[{"m\u0065tadata":{"nam\u0065":"\u0061"},"siz\u0065":"l\u0061rge"}]}""", "whole a:0:Large;")]
    [InlineData(
        """{"items":[{"metadata":[{"name":"a"}],"size":{"size":"large"}},{"metadata":null,"size":1},{"metadata":{"name":["x"],"generation":{}}}]}""",
        "whole :0:Unknown;:0:Unknown;:0:Unknown;")]
    [InlineData("""{"items":null,"metadata":{"items":[{}],"kind":"Other"}}""", "whole ")]
    [InlineData("""{"items":{"a":[{}]}}""", "whole ")]
    [InlineData("""{"items":[5]}""", "none")]
    [InlineData("""{"items":[null]}""", "none")]
    [InlineData("""{"kind":"Other"}""", "none")]
    [InlineData("""[]""", "none")]
    [InlineData("""{"items":[]""", "none")]
    [InlineData("""{"items":[]}]""", "none")]
    [InlineData("""{"\ud800":[]}""", "none")]
    public void A_document_in_pieces_of_any_size_is_read_as_the_whole(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal(expected, Read(bytes, bytes.Length));
        for (var size = 1; size < bytes.Length; size++)
        {
            Assert.Equal(expected, Read(bytes, size));
        }
    }

    [Fact]
    public void What_follows_the_last_wanted_value_must_still_be_JSON()
    {
        var bytes = """{"items":[{"metadata":{"name":"a","generation":7,"x":[1,{"y":2}]}}]}"""u8.ToArray();
        Assert.Equal("whole a:7:Unknown;", Read(bytes, 9));
        for (var i = bytes.Length - 16; i < bytes.Length; i++)
        {
            byte[] broken = [.. bytes];
            broken[i] = 1;
            Assert.Equal("none", Read(broken, 9));
            Assert.Equal("none", Read(broken[..i], 9));
        }
    }

    [Fact]
    public void Any_bytes_are_read_alike_whole_and_in_pieces()
    {
        var valid =
            """{"kind":"List","items":[{"metadata":{"n\u0061me":"a","generation":7,"x":[1]},"size":"small"}]}"""u8.ToArray();
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[1, 30]).Sample((at, octet, size) =>
        {
            byte[] bytes = [.. valid];
            bytes[at] = octet;
            Assert.Equal(Read(bytes, bytes.Length), Read(bytes, size));
        }, iter: 5000);
    }

    [Fact]
    public void A_warm_reader_allocates_nothing()
    {
        var json =
            """{"items":[{"metadata":{"x":[1,2,{"y":3}],"other":"long enough to be noticed"},"size":"large"}]}"""u8.ToArray();
        var list = Activator.CreateInstance(List)!;
        var start = List.GetMethod("Start")!.CreateDelegate<Action>(list);
        var read = List.GetMethod("Read")!.CreateDelegate<ReadPiece>(list);
        long before = 0, spent = long.MaxValue;
        // Each item's text is the sample's own doing: only a list without its end is looked at here.
        var cut = json.AsSpan(0, json.Length - 3).ToArray();
        for (var i = 0; i < 100; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            start();
            Assert.True(read(cut, false));
            spent = Math.Min(spent, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, spent);
    }

    /// <summary>Feeds a reader piece by piece.</summary>
    private static string Read(byte[] json, int size)
    {
        var list = Activator.CreateInstance(List)!;
        List.GetMethod("Start")!.Invoke(list, null);
        var read = List.GetMethod("Read")!.CreateDelegate<ReadPiece>(list);
        for (var at = 0; at <= json.Length; at += size)
        {
            if (!read(json.AsSpan(at, Math.Min(size, json.Length - at)), isLast: at + size > json.Length))
            {
                return "none";
            }
        }

        return (bool)List.GetProperty("IsWhole")!.GetValue(list)! ? $"whole {List.GetProperty("Items")!.GetValue(list)}" : "none";
    }
}
