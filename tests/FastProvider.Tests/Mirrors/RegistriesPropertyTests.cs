using System.Text;
using CsCheck;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Tests.Mirrors;

public sealed class RegistriesPropertyTests
{
    private const int Iterations = 2_000;

    private static readonly Gen<string> Host =
        Either("example.com", "a.example.com", "b.a.example.com", "*.example.com", "*.com", "example.com:5000", "localhost", "m");
    private static readonly Gen<string> Place =
        Gen.Select(Host, Either("", "", "/", "/team", "/team/app", "/te", "//", "@x", ":1"), (host, path) => host + path);

    // Beside valid text each of these yields what is nearly valid: wrong types, duplicates, stray bytes.
    private static readonly Gen<string> Text = Gen.Select(
        Gen.OneOf(Place, Either("", "https://x", "all", "tag-only", "digest-only", "enforcing", "pass", "quay.io/x")),
        Gen.Int[0, 7],
        (text, quote) => quote switch
        {
            0 or 1 or 2 => $"\"{text}\"",
            3 or 4 => $"'{text}'",
            5 => $"\"\"\"{text}\"\"\"",
            6 => $"'''{text}'''",
            _ => $"\"\\u0061{text}\"",
        });

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Text, Text,
        Either("true", "false", "1", "007", "1_0", "-1", "0x1F", "1.5", "1979-05-27", "07:32", "inf", "truely", "", "[", "{"));
    private static readonly Gen<string> Key = Either(
        "location", "location", "prefix", "insecure", "blocked", "mirror", "mirror-by-digest-only", "pull-from-mirror", "unknown",
        "other", "registry", "aliases",
        "\"location\"", "'prefix'", "Location", "a.b", "\"\"", "unqualified-search-registries", "credential-helpers",
        "short-name-mode", "\"in\\u0073ecure\"");

    private static readonly Gen<string> Pair = Gen.OneOf(
        Gen.Select(Either("location", "prefix"), Text, (key, value) => $"{key} = {value}"),
        Gen.Select(
            Either("insecure", "blocked", "mirror-by-digest-only"), Either("true", "false"), (key, value) => $"{key} = {value}"),
        Gen.Select(Key, Scalar, (key, value) => $"{key} = {value}"));

    private static readonly Gen<string> InlineTable =
        Gen.Select(Pair.Array[0, 3], Either("", ",", " ", "\n"), (pairs, end) => $"{{ {string.Join(", ", pairs)}{end}}}");
    private static readonly Gen<string> Array = Gen.Select(
        Gen.OneOf(InlineTable, Text, Scalar).Array[0, 3], Either(",", " , # c\n", "\n,"), Either("", ","),
        (items, comma, end) => $"[{string.Join(comma, items)}{end}]");
    private static readonly Gen<string> Line = Gen.OneOf(
        Pair,
        Pair,
        Pair,
        Gen.Select(
            Either("mirror", "registry", "unqualified-search-registries", "credential-helpers", "unknown"), Array,
            (key, value) => $"{key} = {value}"),
        Gen.Select(Either("mirror", "registry", "aliases", "registries", "x"), InlineTable, (key, value) => $"{key} = {value}"),
        Either(
            "[[registry]]", "[[registry]]", "[[registry]]\nlocation = 'example.com'", "[[registry.mirror]]",
            "[[registry.mirror]]\nlocation = 'm/n'", "[[ registry . \"mirror\" ]]", "[aliases]", "[registry]", "[x]", "[x.y]",
            "[[x]]", "[registries.search]", "[[Registry]]"),
        Either("", "# c", "\t", "# \u20ac", "= 1", "]", "\u0001", "\ufeff"));

    // Valid more often than not, so that matches are common.
    private static readonly Gen<string> Table = Gen.Select(
        Either("example.com", "*.com", "a.example.com", "localhost", "example.com/team", "other.org/x"),
        Either("'", "'", "\"", "\"\"\""),
        Either(
            "", "insecure = true", "unknown = [1, 'x']", "[[registry.mirror]]\nlocation = \"m.x/n\"",
            "mirror = [{ location = 'm', pull-from-mirror = 'tag-only' }, ]"),
        (prefix, quote, more) => $"[[registry]]\nprefix = {quote}{prefix}{quote}\nlocation = \"l-{prefix.Length}.org\"\n{more}");

    private static readonly Gen<string> Document = Gen.Select(
        Gen.OneOf(
            Line.Array[0, 12], Table.Array[0, 4],
            Gen.Select(Table.Array[1, 3], Line, (tables, line) => (string[])[.. tables, line])),
        Either("\n", "\n", "\r\n", " # c\n", "\r"),
        Gen.Int[0, 9],
        (lines, end, cut) =>
        {
            var text = string.Join(end, lines) + end;
            return cut == 0 ? text[..(text.Length / 2)] : text;
        });

    [Fact]
    public void BothReadersAgree()
    {
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Gen.Select(Document, Image).Sample(
            (text, image) =>
                counts.AddOrUpdate(
                    Kind(Answer.Of(text, image)) + (Answer.IsFast(text) ? ", fast" : ""), 1, (_, count) => count + 1),
            iter: Iterations);
        // The law would hold idly if the texts were all invalid or all left to the conforming reader.
        foreach (var kind in (string[])["match, fast", "match", "none, fast", "none", "invalid, fast", "invalid"])
        {
            Assert.True(counts.ContainsKey(kind), $"No text was {kind}.");
        }

        static string Kind(string answer) => answer is Answer.None or Answer.Invalid ? answer : "match";
    }

    [Fact]
    public void WhatIsNotTakenIsNeverHalfTaken() =>
        Gen.Byte.Array[0, 40].Sample(bytes => { Answer.Of(bytes, "example.com/x"); }, iter: Iterations);

    [Fact]
    public void TheMatcherFindsWhatANaiveOneFinds() =>
        Gen.Select(Place.Array[1, 12], Image).Sample(
            (prefixes, image) =>
            {
                var expected = prefixes.Where(prefix => Matches(image, prefix))
                    .OrderByDescending(prefix => prefix.Length)
                    .ThenBy(prefix => prefix, StringComparer.Ordinal)
                    .FirstOrDefault();
                string? best = null;
                foreach (var prefix in prefixes)
                {
                    if (PrefixMatcher.MatchedLength(Utf8(image), Utf8(prefix)) >= 0
                        && (best is null || PrefixMatcher.Decides(Utf8(prefix), Utf8(best))))
                    {
                        best = prefix;
                    }
                }

                Assert.Equal(expected, best);
            },
            iter: Iterations);

    [Fact]
    public void NamesAreThoseOfTheReferenceGrammar() =>
        Gen.Select(
            Gen.Char["aA0.-_:/"].Array[0, 12], Either("", "a.b/", "localhost/", "docker.io/", "index.docker.io/a/"),
            (name, start) => start + new string(name))
            .Sample(
                name => Assert.Equal(NaiveReferenceName.IsCanonical(name), ReferenceName.IsCanonical(Utf8(name))),
                iter: Iterations * 2);

    private static Gen<string> Either(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Image =>
        Either(
            "example.com/team/app", "a.example.com/team", "b.a.example.com:5000/team/app/x", "localhost/te",
            "example.com:5000/te", "other.org/x");

    private static bool Matches(string image, string prefix)
    {
        var end = prefix.StartsWith("*.", StringComparison.Ordinal)
            ? image.IndexOf(prefix[1..], StringComparison.Ordinal) + prefix.Length - 1
            : image.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : 0;
        return end >= prefix.Length - 1
            && end > 0
            && !(prefix[0] == '*' && image[..(end - prefix.Length + 1)].Contains('/', StringComparison.Ordinal))
            && (end == image.Length || ":/@".Contains(image[end], StringComparison.Ordinal));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
