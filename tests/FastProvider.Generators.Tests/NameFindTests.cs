using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace FastProvider.Generators.Tests;

/// <summary>Compiles and runs what is emitted for tables of names, beside a dictionary.</summary>
public sealed partial class NameFindTests
{
    private static readonly Type Keys = GeneratorRun.Of(Samples.Names).Load().GetType("Sample.Keys")!;

    private static readonly Dictionary<string, string> Table = ReadTable(Samples.Names);

    private static readonly string[] Hubs = ["docker.io", "index.docker.io", "registry-1.docker.io", "a-b_c@[x]"];

    private delegate T Find<out T>(ReadOnlySpan<byte> name);

    [Fact]
    public void Every_name_is_found()
    {
        Assert.True(Table.Count > 20, "The table was not read.");
        Assert.All(Table, entry => Assert.Equal(entry.Value, FindKey("Find", entry.Key)));
    }

    [Fact]
    public void No_name_with_one_byte_changed_added_or_taken_away_is_found_unless_it_is_another()
    {
        foreach (var name in Table.Keys)
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            for (var i = 0; i < bytes.Length; i++)
            {
                for (var b = 0; b < 256; b++)
                {
                    byte[] changed = [.. bytes];
                    changed[i] = (byte)b;
                    AssertAsTable(changed);
                }

                AssertAsTable([.. bytes[..i], .. bytes[(i + 1)..]]);
                AssertAsTable([.. bytes[..i], (byte)'x', .. bytes[i..]]);
            }

            AssertAsTable([.. bytes, 0]);
        }

        AssertAsTable([]);
    }

    [Fact]
    public void Any_bytes_are_found_as_a_dictionary_finds_them()
    {
        var letters = Gen.OneOf(string.Concat(Table.Keys).Distinct().Select(c => (byte)c).ToArray());
        var near = Gen.Select(Gen.OneOf(Table.Keys.ToArray()), Gen.Int[0, 40], letters, (name, at, letter) =>
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            bytes[at % bytes.Length] = letter;
            return bytes;
        });
        Gen.OneOf(near, letters.Array[0, 40], Gen.Byte.Array[0, 40]).Sample(AssertAsTable, iter: 20_000);
    }

    [Fact]
    public void A_table_of_some_members_finds_only_these()
    {
        foreach (var (name, member) in Table)
        {
            Assert.Equal(member is "Six" or "Eight" ? member : "None", FindKey("FindSome", name));
        }
    }

    [Fact]
    public void Ignoring_case_finds_every_spelling_and_nothing_else()
    {
        foreach (var hub in Hubs)
        {
            Assert.True(IsHub(Encoding.ASCII.GetBytes(hub.ToUpperInvariant())));
            var bytes = Encoding.ASCII.GetBytes(hub);
            for (var i = 0; i < bytes.Length; i++)
            {
                for (var b = 0; b < 256; b++)
                {
                    byte[] changed = [.. bytes];
                    changed[i] = (byte)b;
                    var isCase = char.IsAsciiLetter((char)b) && char.ToLowerInvariant((char)b) == hub[i];
                    Assert.Equal(b == bytes[i] || isCase, IsHub(changed));
                }
            }
        }
    }

    private static void AssertAsTable(byte[] name) =>
        Assert.Equal(Table.GetValueOrDefault(Encoding.Latin1.GetString(name), "None"), FindKey("Find", name));

    private static string FindKey(string method, string name) => FindKey(method, Encoding.ASCII.GetBytes(name));

    private static string FindKey(string method, byte[] name)
    {
        var found = Keys.GetMethod(method)!;
        // The enum is a type of the sample, so its number stands for it.
        return Enum.GetName(found.ReturnType, found.CreateDelegate<Find<int>>()(name))!;
    }

    private static bool IsHub(byte[] name) => Keys.GetMethod("IsHub")!.CreateDelegate<Find<bool>>()(name);

    private static Dictionary<string, string> ReadTable(string source)
    {
        Dictionary<string, string> table = [];
        foreach (Match line in MemberLine().Matches(source))
        {
            foreach (Match name in NameMark().Matches(line.Value))
            {
                table.Add(name.Groups[1].Value, line.Groups[1].Value);
            }
        }

        return table;
    }

    [GeneratedRegex(@"^\s+\[Utf8Name.*\] (\w+),$", RegexOptions.Multiline)]
    private static partial Regex MemberLine();

    [GeneratedRegex("Utf8Name\\(\"([^\"]+)\"\\)")]
    private static partial Regex NameMark();
}
