using System.Text;
using CsCheck;
using FastProvider.Mirrors;
using FastProvider.Tests.Mirrors;

namespace FastProvider.Tests.Toml;

/// <summary>Texts of any spelling: what they mean, what is said of those that mean nothing, and what they cost.</summary>
public sealed class TomlDocumentTests
{
    private const string Table = "[[registry]]\nlocation = 'example.com'\n";

    /// <summary>Valid text like any other; only a decoder uses it for what it could not decode.</summary>
    [Theory]
    [InlineData("# \uFFFD\n", "", "example.com/team/app")]
    [InlineData("", "# \uFFFD", "example.com/team/app")]
    [InlineData("", "unknown = '\uFFFD'", "example.com/team/app")]
    [InlineData("", "unknown = \"\"\"\n\uFFFD\n\"\"\"", "example.com/team/app")]
    [InlineData("", "\"\uFFFD\" = 1", "example.com/team/app")]
    [InlineData(
        "", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = 'm/\uFFFD\uE000'",
        "m/\uFFFD\uE000/app example.com/app")]
    [InlineData("", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = \"m/\\uFFFD\"", "m/\uFFFD/app example.com/app")]
    [InlineData(
        "", "prefix = 'example.com/team'\n[[registry.mirror]]\nlocation = \"m/\uFFFD\\ue000\"",
        "m/\uFFFD\uE000/app example.com/app")]
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

    [Theory]
    [InlineData("\"a\\\nb\"", "escapes nothing")]
    [InlineData("\"a\nb\"", "does not end on its line")]
    [InlineData("'a\nb'", "does not end on its line")]
    [InlineData("\"\"\"a\\ b\"\"\"", "escapes nothing")]
    [InlineData("\"\\q\"", "escapes nothing")]
    [InlineData("\"\\ud800\"", "names no character")]
    [InlineData("\"\\u00e\"", "4 hexadecimal digits")]
    [InlineData("\"\"\"a\"\"\"\"\"\"", "too many quotes")]
    [InlineData("1_979-05-27", "no value")]
    [InlineData("0_7:32:00", "no value")]
    [InlineData("1979-02-29", "no value")]
    [InlineData("9223372036854775808", "no value")]
    [InlineData("1e400", "no value")]
    [InlineData("truth", "something stands behind|no value")]
    [InlineData("[1,,2]", "no value")]
    [InlineData("[1 2]", "',' or ']' is missing")]
    [InlineData("", "no value")]
    public void A_value_that_is_none_is_refused_with_its_reason(string value, string why) =>
        Assert.Matches(
            $"^registries.conf line 3: .*({why}).*; the container libraries refuse", Refused($"# 1\n# 2\nx = {value}\n"));

    [Theory]
    [InlineData("\"\"\"a \\  \n\n  .b/c\"\"\"", "a .b/c")]
    [InlineData("\"\"\"\na.b\"\"\"", "a.b")]
    [InlineData("'''\r\na.b'''", "a.b")]
    [InlineData("\"\\u0061\\U0000002e\\x62\"", "a.b")]
    [InlineData("\"\"\"a\"\"b\\\"\"\"\"\"\"", "a\"\"b\"\"\"")]
    [InlineData("'''a''b'''''", "a''b''")]
    public void A_string_means_what_the_decoder_makes_of_it(string value, string expected) =>
        Assert.Equal($"{expected}/app", Answer.Of($"[[registry]]\nprefix = 'example.com/team'\nlocation = {value}\n"));

    [Theory]
    [InlineData("0000-02-29")]
    [InlineData("2000-01-01T00:00:00-25:00")]
    [InlineData("1979-05-27 07:32")]
    [InlineData("07:32:00.123456789123")]
    [InlineData("-9223372036854775808")]
    [InlineData("0x7fff_ffff_ffff_ffff")]
    [InlineData("[ # comment\n1,\n]")]
    [InlineData("{ a = 1,\n}")]
    [InlineData("-nan")]
    public void A_value_that_the_decoder_takes_is_taken(string value) =>
        Assert.Equal("example.com/team/app", Answer.Of($"x = {value}\n{Table}"));

    /// <summary>One cause, with key and line.</summary>
    [Theory]
    [InlineData(
        "[[registry]]\nlocation = 'a.b'\nlocation = 'a.c'\n", 3, "the key \"location\" stands a second time in its table")]
    [InlineData("[a]\nb.c.d = 1\n[a.b.c.d]\n", 3, "the table \"d\" is defined a second time")]
    [InlineData("[a]\n[a]\n", 2, "the table \"a\" is defined a second time")]
    [InlineData("registry = {}\n[[registry]]\n", 2, "[[registry]] cannot stand here")]
    [InlineData("a = 1\na.b = 2\n", 2, "\"b\" is no table")]
    [InlineData("[[registry.mirror]]\nlocation = 'x'\n", 1, "this [[registry.mirror]] has no [[registry]] above it")]
    [InlineData("a.b = 1\n[[registry.mirror]]\nlocation = 'x'\n", 2, "this [[registry.mirror]] has no [[registry]] above it")]
    [InlineData("[registry]\nlocation = 'x'\n", 1, "registry is a single table; write [[registry]]")]
    public void What_is_defined_twice_or_elsewhere_is_named_with_its_line(string text, int line, string what)
    {
        var message = Refused(text);
        Assert.StartsWith($"registries.conf line {line}: ", message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.DoesNotContain("out of range", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Utf_16_is_named(string encoding)
    {
        var coder = Encoding.GetEncoding(encoding);
        foreach (byte[] file in (byte[][])[[.. coder.GetPreamble(), .. coder.GetBytes(Table)], coder.GetBytes(Table)])
        {
            Assert.Contains(
                "UTF-16", Answer.Ask(file, "example.com/team/app", RegistriesReader.FastFirst).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Bounds of ours are not said to be the libraries'.</summary>
    [Fact]
    public void What_is_too_large_or_too_deep_for_us_alone_is_said_to_be_so()
    {
        foreach (var (text, what) in ((string, string)[])
            [($"x = {new string('[', 1_000_000)}", "more than 512 deep"),
                ($"x = [{string.Concat(Enumerable.Repeat("[],", 200_000))}]", "more than 100000 tables")])
        {
            var message = Refused(text);
            Assert.Contains(what, message, StringComparison.Ordinal);
            Assert.DoesNotContain("container libraries", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{0} = 1")]
    [InlineData("[{0}]")]
    [InlineData("[[{0}]]")]
    [InlineData("x = {{ {0} = 1 }}")]
    [InlineData("x = [ {{ y = 1, {0} = 1 }} ]")]
    public void A_key_of_very_many_parts_costs_as_much_as_that_many_keys(string form)
    {
        foreach (var part in (string[])["a.", "a . ", "'a'.", "\"\\u0061\"\t."])
        {
            var key = string.Concat(Enumerable.Repeat(part, 4_000_000 / part.Length)) + "a";
            var (message, bytes) = Cost(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key));
            Assert.Contains("too large to be read", message, StringComparison.Ordinal);
            Assert.InRange(bytes, 0, 50_000_000);
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
        Assert.InRange(
            Cost("x.y.z = 1\n" + string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length))).Bytes, 0, 50_000_000);

    [Fact]
    public void What_people_write_is_within_the_bounds()
    {
        var key = string.Join('.', Enumerable.Repeat("'a.b.c'", 300));
        var sentence = string.Concat(Enumerable.Repeat("a.b.c. ", 100));
        Assert.Equal(
            "example.com/team/app",
            Answer.Of($"{key} = 1\n# {sentence}\nx = '{sentence}'\ny = \"\"\"{sentence}\n\"{sentence}\"\"\"\n{Table}"));
        var tables = string.Concat(Enumerable.Range(0, 14_000)
            .Select(n => $"[[registry]]\nlocation = \"\\u006d{n}.example.com\"\n[[registry.mirror]]\nlocation = 'x'\n"));
        Assert.Equal("example.com/team/app", Answer.Of(tables + Table));
    }

    private static string Refused(string text)
    {
        Assert.Equal(Answer.Invalid, Answer.Of(text));
        return Answer.Ask(Encoding.UTF8.GetBytes(text), "example.com/team/app", RegistriesReader.FastFirst).Message!;
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
