using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Tests;

/// <summary>
/// A wrong declaration is an error with an id, at the place that is marked ⟦like this⟧, and nothing is emitted for it.
/// </summary>
public sealed class DiagnosticTests
{
    [Theory]
    [InlineData(
        "FPG001", "public static class ⟦Keys⟧ { [Utf8Find(\"a\")] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG001",
        "public static class ⟦Outer⟧ { public static partial class Keys { "
            + "[Utf8Find(\"a\")] public static partial bool Find(ReadOnlySpan<byte> name); } }")]
    [InlineData(
        "FPG001",
        "public static partial class ⟦Keys⟧<T> { [Utf8Find(\"a\")] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData("FPG002", "public partial class Keys { [Utf8Find(\"a\")] public partial bool ⟦Find⟧(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG002", "public partial class Keys { [Utf8Find(\"a\")] public static bool ⟦Find⟧(ReadOnlySpan<byte> name) => false; }")]
    [InlineData("FPG002", "public partial class Keys { [Utf8Find(\"a\")] public static partial bool ⟦Find⟧(Span<byte> name); }")]
    [InlineData(
        "FPG002", "public partial class Keys { [Utf8Find(\"a\")] public static partial bool ⟦Find⟧(ReadOnlySpan<char> name); }")]
    [InlineData(
        "FPG002",
        "public partial class Keys { [Utf8Find(\"a\")] public static partial bool ⟦Find⟧(ReadOnlySpan<byte> name, int more); }")]
    [InlineData(
        "FPG002",
        "public partial class Keys { [Utf8Find(\"a\")] public static partial string ⟦Find⟧(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG003",
        "public static partial class Keys { "
            + "[⟦Utf8Find(\"a\", \"\")⟧] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG003",
        "public enum Key { None, [⟦Utf8Name(\"\")⟧] A } public static partial class Keys { "
            + "[Utf8Find] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG004",
        "public enum Key { None, [⟦Utf8Name(\"é\")⟧] A } public static partial class Keys { "
            + "[Utf8Find] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG004",
        "public enum Key { None, [⟦Utf8Name(\"a\\t\")⟧] A } public static partial class Keys { "
            + "[Utf8Find] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG005",
        "public enum Key { None, [Utf8Name(\"a\")] A, [⟦Utf8Name(\"a\")⟧] B } public static partial class Keys { "
            + "[Utf8Find] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG005",
        "public static partial class Keys { "
            + "[⟦Utf8Find(\"a\", \"a\")⟧] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG006",
        "public enum Key { None } public static partial class Keys { "
            + "[⟦Utf8Find⟧] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData("FPG006", "[⟦JsonReader⟧] public partial class Document { }")]
    [InlineData(
        "FPG007",
        "public enum Key { [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[⟦Utf8Find⟧] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG007",
        "public enum Key { [Utf8Name(\"a\")] A = 1 } public static partial class Keys { "
            + "[⟦Utf8Find⟧] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG008",
        "public static partial class Keys { [⟦Utf8Find(\"a\", 5)⟧] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG008",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[⟦Utf8Find(\"a\")⟧] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG008",
        "public enum Key { None, [Utf8Name(\"a\")] A, B } public static partial class Keys { "
            + "[⟦Utf8Find(Key.B)⟧] public static partial Key Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG009",
        "public static partial class Keys { "
            + "[⟦Utf8Find(\"Docker.io\", IgnoreCase = true)⟧] public static partial bool Find(ReadOnlySpan<byte> name); }")]
    [InlineData(
        "FPG001",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static class ⟦Keys⟧ { "
            + "[Utf8Word] public static partial string Word(Key key); }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public partial string ⟦Word⟧(Key key); }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public static string ⟦Word⟧(Key key) => \"\"; }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public static partial int ⟦Word⟧(Key key); }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public static partial string ⟦Word⟧(int key); }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public static partial string ⟦Word⟧(Key key, int more); }")]
    [InlineData(
        "FPG016",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Word] public static partial string ⟦Word⟧(in Key key); }")]
    [InlineData(
        "FPG003",
        "public enum Key { None, [⟦Utf8Name(\"\")⟧] A } public static partial class Keys { "
            + "[Utf8Word] public static partial string Word(Key key); }")]
    [InlineData(
        "FPG004",
        "public enum Key { None, [⟦Utf8Name(\"é\")⟧] A } public static partial class Keys { "
            + "[Utf8Word] public static partial string Word(Key key); }")]
    [InlineData(
        "FPG006",
        "public enum Key { None, A } public static partial class Keys { "
            + "[⟦Utf8Word⟧] public static partial string Word(Key key); }")]
    [InlineData(
        "FPG006",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[⟦Utf8Word(Set = \"other\")⟧] public static partial string Word(Key key); }")]
    [InlineData(
        "FPG002", "public static partial class Keys { [Utf8Find(\"a\")] public static partial bool ⟦Find⟧(string name); }")]
    [InlineData(
        "FPG002",
        "public enum Key { None, [Utf8Name(\"a\")] A } public static partial class Keys { "
            + "[Utf8Find(IgnoreCase = true)] public static partial Key ⟦Find⟧(string name); }")]
    [InlineData(
        "FPG002",
        "public static partial class Keys { [Utf8Find(\"a\")] public static partial int? ⟦Find⟧(ReadOnlySpan<byte> name); }")]
    [InlineData("FPG001", "[JsonReader] public class ⟦Document⟧ { [FromJson(\"a\")] public long A; }")]
    [InlineData("FPG003", "[JsonReader] public partial class Document { [⟦FromJson(\"a\", \"\")⟧] public long A; }")]
    [InlineData("FPG004", "[JsonReader] public partial class Document { [⟦FromJson(\"ä\")⟧] public long A; }")]
    [InlineData(
        "FPG006", "public enum Size { None } [JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public Size A; }")]
    [InlineData(
        "FPG007",
        "public enum Size { [Utf8Name(\"s\")] Small } [JsonReader] public partial class Document { "
            + "[⟦FromJson(\"a\")⟧] public Size A; }")]
    [InlineData("FPG010", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public string A = \"\"; }")]
    [InlineData("FPG010", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public long A { get; } }")]
    [InlineData("FPG010", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public long A { get; init; } }")]
    [InlineData("FPG010", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public readonly long A; }")]
    [InlineData("FPG010", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] public static long A; }")]
    [InlineData("FPG011", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] private void A() { } }")]
    [InlineData(
        "FPG011",
        "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] private bool A(ref Utf8JsonReader reader) => true; }")]
    [InlineData(
        "FPG011", "[JsonReader] public partial class Document { [⟦FromJson(\"a\")⟧] private void A(Utf8JsonReader reader) { } }")]
    [InlineData(
        "FPG011",
        "[JsonReader(Resumable = true)] public partial class Document { "
            + "[⟦FromJson(\"a\", \"{}\")⟧] private void A(ref Utf8JsonReader reader) { } }")]
    [InlineData(
        "FPG011",
        "[JsonReader] public partial class Document { [FromJson(\"a\", \"b\")] public long B; "
            + "[⟦JsonEnd(\"a\")⟧] private bool A() => true; }")]
    [InlineData(
        "FPG012",
        "[JsonReader] public partial class Document { [FromJson(\"a\")] public long A; [⟦FromJson(\"a\")⟧] public long B; }")]
    [InlineData(
        "FPG012",
        "[JsonReader] public partial class Document { [FromJson(\"a\")] public long A; "
            + "[⟦FromJson(\"a\", \"b\")⟧] public long B; }")]
    [InlineData(
        "FPG012",
        "[JsonReader] public partial class Document { [FromJson(\"a\", \"b\")] public long A; "
            + "[⟦FromJson(\"a\")⟧] public long B; }")]
    [InlineData(
        "FPG012",
        "[JsonReader] public partial class Document { [FromJson(\"a\", \"b\")] public long A; "
            + "[⟦FromJson(\"a\", \"[]\", \"c\")⟧] public long B; }")]
    [InlineData(
        "FPG012",
        "[JsonReader] public partial class Document { [FromJson(\"a\", \"b\")] public long B; "
            + "[JsonEnd(\"a\")] private void A() { } [⟦JsonEnd(\"a\")⟧] private void C() { } }")]
    [InlineData("FPG013", "[JsonReader] public partial class Document { [⟦FromJson⟧] public long A; }")]
    [InlineData("FPG013", "[JsonReader] public partial class Document { [⟦FromJson(\"[]\", \"a\")⟧] public long A; }")]
    [InlineData("FPG013", "[JsonReader] public partial class Document { [⟦FromJson(\"a\", \"{}\")⟧] public long A; }")]
    [InlineData("FPG013", "[JsonReader] public partial class Document { [⟦FromJson(\"a\", \"{}\", \"b\")⟧] public long A; }")]
    [InlineData(
        "FPG014",
        "[JsonReader] public partial class Document { "
            + "[⟦FromJson(\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\")⟧] public long A; }")]
    [InlineData(
        "FPG015",
        "[JsonReader(Resumable = true)] public partial class Document { [⟦FromJson(\"a\")⟧] public ReadOnlyMemory<byte> A; }")]
    public void A_wrong_declaration_is_an_error_at_its_place(string id, string marked)
    {
        const string head = "using System;\nusing System.Text.Json;\nusing FastProvider.Generators;\nnamespace Sample;\n";
        var start = marked.IndexOf('⟦', StringComparison.Ordinal);
        var length = marked.IndexOf('⟧', StringComparison.Ordinal) - start - 1;

        var run = GeneratorRun.Of(
            head + marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal));

        var fault = Assert.Single(run.Diagnostics);
        Assert.Equal((id, DiagnosticSeverity.Error), (fault.Id, fault.Severity));
        Assert.Equal((head.Length + start, length), (fault.Location.SourceSpan.Start, fault.Location.SourceSpan.Length));
        Assert.Equal(("Sample.cs", 4), (fault.Location.GetLineSpan().Path, fault.Location.GetLineSpan().StartLinePosition.Line));
        Assert.DoesNotContain(
            "{0}", fault.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Empty(run.Emitted);
    }

    [Fact]
    public void Every_diagnostic_has_a_case()
    {
        var cases = typeof(DiagnosticTests).GetMethod(nameof(A_wrong_declaration_is_an_error_at_its_place))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .SelectMany(data => data.GetData(null!)).Select(row => (string)row[0])
            .Append(Diagnostics.WrongCall.Id) // of a list and no source: CallFilterTests
            .ToHashSet();
        var ids = typeof(Diagnostics).GetFields().Select(field => ((DiagnosticDescriptor)field.GetValue(null)!).Id).ToHashSet();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Order(), cases.Order());
    }
}
