using System.Text;
using CsCheck;
using FastProvider.Commands.Explain.Probe;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>The WWW-Authenticate header (RFC 9110 section 11), which a stranger writes.</summary>
public sealed class ChallengeTests
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly Gen<string> Token = Gen.String[Gen.Char[TokenCharacters], 1, 8];

    // What a quoted string may hold: tabs, spaces, visible characters, and bytes beyond ASCII.
    private static readonly Gen<string> Text =
        Gen.String[Gen.OneOf(Gen.Char['\u0020', '\u007e'], Gen.Char["\t\"\\,= "], Gen.Char['\u0080', '\u00ff']), 0, 12];

    private static readonly Gen<Part> Parameter = Gen.Select(Token, Text, Token, Gen.Bool, Gen.Int[0, 3]).Select(
        (name, text, token, isQuoted, style) => new Part(name, isQuoted ? text : token, isQuoted, style));

    private static readonly Gen<(string Scheme, string? Token68, Part[] Parts)> Written = Gen.Select(
        Token, Gen.String[Gen.Char["abcXYZ019-._~+/"], 1, 8], Gen.Int[0, 2], Parameter.Array[0, 4], Gen.Int[0, 3]).Select(
        (scheme, token68, padding, parts, choice) =>
            (scheme, choice == 0 ? token68 + new string('=', padding) : null, choice == 0 ? [] : parts));

    [Fact]
    public void What_is_written_is_read_again() => Written.Array[0, 4].Sample(challenges =>
    {
        var text = string.Join(", ,", challenges.Select(c => Render(c.Scheme, c.Token68, c.Parts)));

        var read = Read(Encoding.Latin1.GetBytes(text));

        // Of several in one field a pull takes the first.
        Assert.Equal(challenges.Take(1).Select(c => c.Scheme.ToLowerInvariant()), read.Select(c => c.Scheme));
        for (var i = 0; i < read.Count; i++)
        {
            Assert.Equal(challenges[i].Parts.Length, read[i].Count);
            foreach (var part in challenges[i].Parts.Reverse().DistinctBy(p => p.Name.ToLowerInvariant()))
            {
                Assert.Equal(part.Value, Encoding.Latin1.GetString(read[i][part.Name.ToLowerInvariant()]));
            }
        }
    });

    [Fact]
    public void Any_bytes_are_read_to_an_end() =>
        Gen.Byte.Array[0, 60].Sample(bytes => Assert.True(Read(bytes).Count <= bytes.Length));

    [Fact]
    public void Any_punctuation_is_read_to_an_end() => Gen.String[Gen.Char["aB=\"\\, \t/"], 0, 30].Sample(
        text => Assert.True(Read(Encoding.Latin1.GetBytes(text)).Count <= text.Length));

    [Theory]
    [InlineData(
        "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\"", "bearer", "https://auth.docker.io/token")]
    [InlineData("Negotiate, Basic realm=\"x\"", "negotiate", "")]
    [InlineData("Basic realm=\"x\", Bearer realm=https", "basic", "x")]
    [InlineData("NTLM TlRMTVNTUAAB==, BEARER Realm = \"a \\\"b\\\" c\"", "ntlm", "")]
    [InlineData("Bearer realm=\"never closed", "bearer", "")]
    [InlineData("Bearer realm=\"closed\", service=\"never", "bearer", "closed")]
    [InlineData("=x", "", "")]
    [InlineData("", "", "")]
    public void Schemes_and_the_first_realm(string value, string schemes, string realm)
    {
        var read = Read(Encoding.Latin1.GetBytes(value));

        Assert.Equal(schemes, string.Join(' ', read.Select(c => c.Scheme)));
        Assert.Equal(realm, read.Count == 0 ? "" : Encoding.Latin1.GetString(read[0]["realm"]));
    }

    private static List<Challenge> Read(byte[] bytes)
    {
        var challenges = new List<Challenge>();
        Challenge.Read(bytes, challenges);
        return challenges;
    }

    private static string Render(string scheme, string? token68, Part[] parts) => token68 is not null ? $"{scheme} {token68}"
        : parts.Length == 0 ? scheme
        : $"{scheme} {string.Join(",", parts.Select(p => p.Render()))}";

    /// <summary>One parameter, and how it is written.</summary>
    private sealed record Part(string Name, string Value, bool IsQuoted, int Style)
    {
        public string Render()
        {
            var escaped = Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            // Every character of a quoted string may be escaped.
            escaped = Style == 3 ? string.Concat(Value.Select(c => $"\\{c}")) : escaped;
            var equals = Style switch { 1 => " = ", 2 => "\t=", _ => "=" };
            return Name + equals + (IsQuoted ? $"\"{escaped}\"" : Value) + (Style == 1 ? " " : "");
        }
    }
}
