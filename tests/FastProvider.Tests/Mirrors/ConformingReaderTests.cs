using System.Text;
using CsCheck;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

/// <summary>What the library behind the conforming reader would do otherwise, or at any price.</summary>
public sealed class ConformingReaderTests
{
    private const string Table = "[[registry]]\nlocation = 'example.com'\n";

    /// <summary>Valid text like any other; only a decoder uses it for what it could not decode.</summary>
    [Theory]
    [InlineData("# \uFFFD\n", "", "example.com/team/app")]
    [InlineData("", "# \uFFFD", "example.com/team/app")]
    [InlineData("", "unknown = '\uFFFD'", "example.com/team/app")]
    [InlineData("", "unknown = \"\"\"\n\uFFFD\n\"\"\"", "example.com/team/app")]
    [InlineData("", "\"\uFFFD\" = 1", "example.com/team/app")]
    [InlineData("", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = 'm/\uFFFD\uE000'", "m/\uFFFD\uE000/app example.com/app")]
    [InlineData("", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = \"m/\\uFFFD\"", "m/\uFFFD/app example.com/app")]
    [InlineData("", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = \"m/\uFFFD\\ue000\"", "m/\uFFFD\uE000/app example.com/app")]
    [InlineData("", "\uFFFD = 1", Answer.Invalid)]
    [InlineData("", "x = \uFFFD", Answer.Invalid)]
    public void The_replacement_character_is_a_character(string before, string after, string expected)
    {
        Assert.Equal(expected, Answer.Of(before + Table + after));
        Assert.Equal(expected, Answer.Of(before + Table + after + "\n[x.y.z]"));
    }

    [Theory]
    [InlineData("a\tb\tc")]
    [InlineData("a = 1 b\t= 2")]
    [InlineData("a = \"\\\t\"")]
    [InlineData("a = \u0085")]
    [InlineData("a = \u2028")]
    [InlineData("a\u009B31m = 1")]
    [InlineData("[[registry]]\nlocation = 'http://\t'")]
    public void A_failure_is_one_line_without_control_characters(string text) => IsOneLine(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Any_failure_is_one_line_without_control_characters() =>
        Mangled.Of(Table + "a\t= [ { b.c\t=\t\"\\t\" } ]\nd\t=\t'\uFFFD\u009B\u2028'\n[e\t.f]\n").Sample(IsOneLine);

    /// <summary>The reference takes its time over such a key, too: quadratic in the number of its parts.</summary>
    [Theory]
    [InlineData("{0} = 1")]
    [InlineData("[{0}]")]
    [InlineData("[[{0}]]")]
    [InlineData("x = {{ {0} = 1 }}")]
    [InlineData("x = [ {{ y = 1, {0} = 1 }} ]")]
    public void A_key_of_very_many_parts_is_refused_before_it_costs_memory(string form)
    {
        foreach (var part in (string[])["a.", "a . ", "'a'.", "\"\\u0061\"\t."])
        {
            var key = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length)) + "a";
            var (message, bytes) = Cost(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key));
            Assert.Contains("more than 64 parts", message, StringComparison.Ordinal);
            Assert.InRange(bytes, 0, 100_000);
        }
    }

    [Theory]
    [InlineData("a=1\n")]
    [InlineData("\n")]
    [InlineData("x=[[],[]]\n")]
    [InlineData("[a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a]\n")]
    [InlineData("[[a]]\n")]
    [InlineData("\"\"\"")]
    [InlineData("''")]
    [InlineData("\"\\")]
    [InlineData("{")]
    [InlineData("#")]
    [InlineData("x ")]
    public void A_megabyte_of_anything_stays_far_from_the_memory_that_a_run_may_take(string unit) =>
        Assert.InRange(Cost("x.y.z = 1\n" + string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length))).Bytes, 0, 50_000_000);

    [Fact]
    public void What_people_write_is_within_the_bounds()
    {
        var key = string.Join('.', Enumerable.Repeat("'a.b.c'", 64));
        var sentence = string.Concat(Enumerable.Repeat("a.b.c. ", 100));
        Assert.Equal("example.com/team/app", Answer.Of($"{key} = 1\n# {sentence}\nx = '{sentence}'\ny = \"\"\"{sentence}\n\"{sentence}\"\"\"\n{Table}"));
        var tables = string.Concat(Enumerable.Range(0, 3000).Select(n => $"[[registry]]\nlocation = \"\\u006d{n}.example.com\"\n[[registry.mirror]]\nlocation = 'x'\n"));
        Assert.Equal("example.com/team/app", Answer.Of(tables + Table));
    }

    private static (string Message, long Bytes) Cost(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (_, message, _) = Answer.Ask(bytes, "example.com/team/app", RegistriesReader.FastFirst);
        return (message ?? "", GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void IsOneLine(byte[] text)
    {
        var (answer, message, _) = Answer.Ask(text, "example.com/team/app", RegistriesReader.FastFirst);
        Assert.Equal(answer is Answer.Invalid, message is not null);
        Assert.DoesNotContain(message ?? "", c => char.IsControl(c) || c is '\u2028' or '\u2029');
    }
}
