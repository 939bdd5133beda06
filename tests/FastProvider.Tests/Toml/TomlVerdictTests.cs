using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastProvider.Mirrors;
using FastProvider.Tests.Mirrors;
using FastProvider.Toml;

namespace FastProvider.Tests.Toml;

/// <summary>
/// Texts near every rule of TOML, and whether the reference library's decoder (BurntSushi/toml) takes each into the structure of
/// registries.conf. That says nothing of the rules for what stands in it.
/// </summary>
public sealed class TomlVerdictTests
{
    private const int RecordedVerdicts = 6134;

    private sealed record Verdict(string Id, string Toml, bool Accept);

    private static List<Verdict> All { get; } = Load();

    [Fact]
    public void All_recorded_verdicts_are_there() =>
        Assert.Equal((RecordedVerdicts, 1775), (All.Count, All.Count(verdict => verdict.Accept)));

    [Fact]
    public void What_the_decoder_takes_and_refuses_is_taken_and_refused()
    {
        var wrong =
            from verdict in All
            let refused = WhyRefused(verdict.Toml)
            // A rule for what stands in it may be broken before a wrong type is met.
            where verdict.Accept ? refused is { IsByRule: false } : refused is null
            select $"{verdict.Id}: {refused?.Why ?? "taken"}: {JsonSerializer.Serialize(verdict.Toml)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Both_readers_answer_alike_and_take_nothing_that_the_decoder_refuses()
    {
        int valid = 0, fast = 0;
        foreach (var verdict in All)
        {
            var answer = Answer.Of(verdict.Toml);
            Assert.True(verdict.Accept || answer == Answer.Invalid, $"{verdict.Id} is taken: {verdict.Toml}");
            valid += answer == Answer.Invalid ? 0 : 1;
            fast += Answer.IsFast(verdict.Toml) ? 1 : 0;
        }

        Assert.True(valid > 1000 && fast > 300, $"{valid} were valid and {fast} read fast: too few to say much.");
    }

    /// <summary>Null if it is not; by a rule, if it is TOML and each value has the right type, as far as it was read.</summary>
    private static (string Why, bool IsByRule)? WhyRefused(string toml)
    {
        var file = Encoding.UTF8.GetBytes(toml);
        var text = file.AsSpan(TomlText.ByteOrderMarkLength(file));
        if (TomlDocument.Read(text, out var document) is { } fault)
        {
            Assert.False(fault.IsOurBound);
            return (fault.What, false);
        }

        var rules = new RegistriesRules(document.Text, default, new RegistriesScratch());
        return RegistriesDocumentReader.TryRead(document, ref rules) ? null
            : (rules.Fault.Rule.ToString(),
                rules.Fault.Rule is not (
                    RegistriesRule.WrongType or RegistriesRule.MirrorWithoutRegistry or RegistriesRule.RegistryIsOneTable));
    }

    private static List<Verdict> Load()
    {
        using var lines = new StreamReader(new GZipStream(
            File.OpenRead(TestData.Path("conformance", "toml.jsonl.gz")), CompressionMode.Decompress));
        List<Verdict> verdicts = [];
        while (lines.ReadLine() is { } line)
        {
            verdicts.Add(JsonSerializer.Deserialize<Verdict>(line, JsonSerializerOptions.Web)!);
        }

        return verdicts;
    }
}
